import type { ClusterView } from "../../cluster/cluster-view.ts";
import type { SnapshotInfo } from "../../etcd/snapshot/read.ts";
import type { RestorePlan } from "../../restoring/restore-plan.ts";
import type { RunbookStep } from "../../restoring/runbook.ts";
import { formatBytes, plural } from "./quantities.ts";
import { type Style, wrap } from "./style.ts";

const COLUMNS = 100;

/** Ends a shell that is given the page as a script. */
const GUARD =
	"case $- in *i*) ;; *) echo 'This is a runbook, not a script: run one command at a time.' >&2; exit 2 ;; esac";

/** A shell's file: commands as they are, all else behind a #. */
export function runbookText(
	view: ClusterView,
	info: SnapshotInfo,
	{ pods, warnings }: RestorePlan,
	steps: readonly RunbookStep[],
	style: Style,
): string[] {
	const { bold, dim, yellow } = style;
	const columns = Math.min(COLUMNS, Math.max(40, style.width)) - 2;
	const comment = (text: string, paint: (line: string) => string) =>
		wrap(text, columns).map((line) => paint(`# ${line}`));
	const { namespace, name } = view.statefulSet;
	return [
		...comment(`Restoring ${namespace}/${name} (${plural(pods.length, "member")}) from ${info.path}`, bold),
		...comment(
			`${plural(info.keys, "key")} at revision ${info.revision}, a file of ${formatBytes(info.size)}, checksum verified.`,
			dim,
		),
		...comment(state(view), dim),
		...comment(
			"Quorate has changed nothing, and runs none of this. Go one command at a time, and look at what each says; a cluster that still has quorum needs none of it.",
			dim,
		),
		GUARD,
		...warnings.flatMap((warning) => comment(`WARNING: ${warning}`, yellow)),
		...steps.flatMap(({ title, why, commands, later }, index) => [
			"",
			...comment(`Step ${index + 1} of ${steps.length}: ${title}`, bold),
			...comment(why, dim),
			...(later ? commands.map((command) => dim(`# ${command}`)) : commands),
		]),
	];
}

function state({ etcd, pods }: ClusterView): string {
	const answering = etcd.members.filter(({ status }) => status !== undefined);
	const told = answering.map(({ name, status }) => `${name} (revision ${status?.revision})`);
	return `Now: ${plural(pods.length, "pod")}; ${told.length > 0 ? `etcd answers in ${told.join(", ")}` : "no etcd answers"}${etcd.trouble ? `; ${etcd.trouble}` : ""}.`;
}
