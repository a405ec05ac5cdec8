import { resolve } from "node:path";
import { type SnapshotInfo, verifySnapshot } from "../../etcd/snapshot/read.ts";
import { learnersRecorded } from "../../restoring/recorded-learners.ts";
import { restorePlan } from "../../restoring/restore-plan.ts";
import { runbook } from "../../restoring/runbook.ts";
import { type CommandContext, print, styleOf } from "../command-context.ts";
import { runbookDocument } from "../json/runbook.ts";
import type { EtcdFlags } from "../options/etcd-access.ts";
import { parseReplicas } from "../options/replicas.ts";
import { namedFile, parseLabTarget } from "../options/snapshot-options.ts";
import { usage } from "../options/usage.ts";
import { bytesText } from "../render/bytes-text.ts";
import { clusterFlags } from "../render/cluster-flags.ts";
import { runbookText } from "../render/runbook-text.ts";
import { bringUp } from "./lab-up.ts";
import { withCluster } from "./open.ts";
import { reading } from "./snapshot-read.ts";

export interface RestoreFlags extends EtcdFlags {
	to?: string;
	runbook?: boolean;
	members?: string;
	etcdVersion?: string;
	image?: string;
	shellImage?: string;
	etcd?: string;
	offline?: boolean;
}

export async function snapshotRestore(
	context: CommandContext,
	file: string,
	words: readonly string[],
	flags: RestoreFlags,
): Promise<void> {
	const { to, runbook: printed = false } = flags;
	if ((to === undefined) === !printed)
		throw usage(
			"reading where the snapshot is to be restored",
			to === undefined ? "neither --to nor --runbook is given" : "both --to and --runbook are given",
			"--to lab brings up a lab with it; --runbook prints what to do for a cluster, and changes nothing",
		);
	if (to !== undefined && words.length > 0)
		throw usage("reading --to", `a lab is made anew: "${words.join(" ")}" means nothing there`, "leave it out");
	const members = flags.members === undefined ? undefined : parseReplicas(flags.members, "--members");
	if (to === undefined) return printRunbook(context, namedFile(file), words, flags, members);
	const name = parseLabTarget(to);
	const info = await reading(context, namedFile(file), verifySnapshot);
	const count = members ?? Math.max(1, info.members.length);
	warnOfLearners(context, info.members, count);
	await bringUp(context, {
		name,
		members: count,
		...versionFor(info, flags),
		...(flags.etcd === undefined ? {} : { etcd: resolve(flags.etcd) }),
		...(flags.offline ? { offline: true } : {}),
		snapshot: info.path,
	});
}

function warnOfLearners(context: CommandContext, recorded: SnapshotInfo["members"], restored: number): void {
	const harmless = (text: string) => bytesText(Buffer.from(text));
	const members = recorded.map(({ name, peerURLs, isLearner }) => {
		return { name: harmless(name), peerURLs: peerURLs.map(harmless), isLearner };
	});
	const warning = learnersRecorded(members, restored);
	if (warning === undefined) return;
	const { stderr } = context.terminal;
	const { yellow, symbols } = styleOf(context, stderr);
	stderr.write(`${yellow(symbols.warn)} ${warning}\n`);
}

/** The minor version that wrote it, unless another one is asked for. */
function versionFor({ clusterVersion, storageVersion }: SnapshotInfo, { etcdVersion, image }: RestoreFlags) {
	if (image !== undefined) return { image, ...(etcdVersion === undefined ? {} : { etcdVersion }) };
	const wrote = /^\d+\.\d+/.exec(storageVersion ?? clusterVersion ?? "")?.[0];
	const version = etcdVersion?.replace(/^v/, "") ?? wrote;
	return version === undefined ? {} : { etcdVersion: version };
}

async function printRunbook(
	context: CommandContext,
	file: string,
	words: readonly string[],
	flags: RestoreFlags,
	members: number | undefined,
): Promise<void> {
	const info = await reading(context, file, verifySnapshot);
	const { image, shellImage } = flags;
	const options = {
		...(members === undefined ? {} : { members }),
		...(image === undefined ? {} : { image }),
		...(shellImage === undefined ? {} : { shellImage }),
	};
	await withCluster(context, words, flags, async (cluster) => {
		const view = await cluster.view();
		const plan = restorePlan(view, info, options, new Date());
		const { namespace } = view.statefulSet;
		const { kubectl, quorate } = clusterFlags(context.globals, namespace, flags);
		const steps = runbook(view, plan, {
			kubectl: `kubectl${kubectl}`,
			quorate: context.name,
			flags: quorate,
			file: info.path,
			size: info.size,
		});
		await print(
			context,
			(style) => runbookText(view, info, plan, steps, style),
			() => runbookDocument(view, info, plan, steps),
		);
	});
}
