import { verdictOf } from "../../cluster/verdict.ts";
import { listClusters } from "../../cluster-session.ts";
import { EXIT, QuorateError } from "../../errors.ts";
import { type CommandContext, humanOutput, print, styleOf } from "../command-context.ts";
import { ExitWith } from "../exit-with.ts";
import { clusterStatusList } from "../json/cluster-status-list.ts";
import type { EtcdFlags } from "../options/etcd-access.ts";
import { usage } from "../options/usage.ts";
import { createTicker } from "../progress/ticker.ts";
import { requestLine } from "../render/request-line.ts";
import { type SeenCluster, statusListText } from "../render/status-list-text.ts";
import { withCluster } from "./open.ts";

/** Clusters that are looked at together. */
const AT_ONCE = 4;

/** Every etcd of every namespace, a line each. Fails if one of them takes no writes or cannot be looked at. */
export async function statusAll(context: CommandContext, words: readonly string[], flags: EtcdFlags): Promise<void> {
	if (words.length > 0)
		throw usage(
			"reading which StatefulSet is meant",
			`a name, "${words.join(" ")}", is given with --all-namespaces`,
			"leave one of them out",
		);
	if (flags.user !== undefined && flags.passwordFile === undefined)
		throw usage(
			"reading --user",
			"one password cannot be asked for many clusters",
			"give --password-file, or leave --user out",
		);
	const { kubeconfig, context: named, requestTimeoutMs, verbosity } = context.globals;
	const { stderr } = context.terminal;
	const found = await listClusters({
		...(kubeconfig === undefined ? {} : { kubeconfig }),
		...(named === undefined ? {} : { context: named }),
		...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
		...(flags.container ? { container: flags.container } : {}),
		...(verbosity >= 6 ? { onRequest: (request) => stderr.write(`${requestLine(request)}\n`) } : {}),
	});
	const seen = await lookAtAll(context, found, flags);
	if (seen.length === 0) humanOutput(context).write("no StatefulSet runs etcd, in any namespace\n");
	if (seen.length > 0 || humanOutput(context) !== context.terminal.stdout)
		await print(
			context,
			(style) => statusListText(seen, style),
			() => clusterStatusList(seen),
		);
	if (seen.some(({ error, verdict }) => error || verdict)) throw new ExitWith(EXIT.failed);
}

async function lookAtAll(
	context: CommandContext,
	found: readonly { namespace: string; name: string }[],
	flags: EtcdFlags,
): Promise<SeenCluster[]> {
	const { stderr } = context.terminal;
	const ticker = createTicker(stderr, styleOf(context, stderr));
	const seen: SeenCluster[] = [];
	let done = 0;
	ticker.now(() => `looking at ${found.length} clusters: ${done} done`);
	const waiting = [...found.entries()];
	const worker = async () => {
		for (let next = waiting.shift(); next; next = waiting.shift()) {
			const [index, cluster] = next;
			seen[index] = await lookAt(context, cluster, flags);
			done++;
		}
	};
	try {
		await Promise.all(Array.from({ length: AT_ONCE }, worker));
	} finally {
		ticker.close();
	}
	return seen;
}

/** What goes wrong with one keeps nobody from seeing the others. */
async function lookAt(
	context: CommandContext,
	{ namespace, name }: { namespace: string; name: string },
	flags: EtcdFlags,
): Promise<SeenCluster> {
	const within = { ...context, globals: { ...context.globals, namespace } };
	try {
		return await withCluster(within, [`sts/${name}`], flags, async (cluster, complete) => {
			const view = await cluster.view();
			const verdict = verdictOf(view, await cluster.recorded(view));
			const completed = verdict && { ...verdict, next: verdict.next.map(complete) };
			return { namespace, name, server: cluster.server, view, ...(completed ? { verdict: completed } : {}) };
		});
	} catch (error) {
		if (error instanceof QuorateError) return { namespace, name, error };
		throw error;
	}
}
