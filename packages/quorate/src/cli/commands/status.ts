import { verdictOf } from "../../cluster/verdict.ts";
import { EXIT } from "../../errors.ts";
import { type CommandContext, print } from "../command-context.ts";
import { ExitWith } from "../exit-with.ts";
import { clusterStatus } from "../json/cluster-status.ts";
import type { EtcdFlags } from "../options/etcd-access.ts";
import { statusText } from "../render/status-text.ts";
import { withCluster } from "./open.ts";

export async function status(context: CommandContext, words: readonly string[], flags: EtcdFlags): Promise<void> {
	await withCluster(context, words, flags, async (cluster, complete) => {
		const view = await cluster.view();
		const verdict = verdictOf(view, await cluster.recorded(view));
		await print(
			context,
			(style) => statusText(view, style, { wide: context.globals.output === "wide", complete, verdict }),
			() => clusterStatus(view, cluster.server, verdict && { ...verdict, next: verdict.next.map(complete) }),
		);
		if (verdict) throw new ExitWith(EXIT.failed);
	});
}
