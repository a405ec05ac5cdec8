import { type ClusterView, podName } from "../../cluster/cluster-view.ts";
import type { ScaleResult } from "../../scaling/events.ts";
import { proofLine } from "./proof-text.ts";
import { formatDuration, hexId, plural } from "./quantities.ts";
import { padEnd, type Style, wrap } from "./style.ts";
import { table } from "./table.ts";

/** The screen at the end of a run: who is in now, how long it took, what it can be gone back to, and the evidence. */
export function scaleResultText(result: ScaleResult, before: ClusterView, style: Style): string[] {
	const { namespace, name } = before.statefulSet;
	const { seconds, snapshot, proof, restarts } = result;
	const known = new Set(before.etcd.members.filter((member) => !member.isLearner).map((member) => member.id));
	const members = table(
		[
			{ title: "MEMBER", cell: (member: ScaleResult["members"][number]) => member.name },
			{ title: "ID", cell: (member) => hexId(member.id) },
			{ title: "BEFORE", cell: (member) => (known.has(member.id) ? "voter" : "-") },
			{ title: "AFTER", cell: () => "voter" },
		],
		inOrder(result.members),
	);
	const facts: [string, string][] = [
		["Steps", stepTimes(result, before)],
		["Snapshot", snapshotLine(snapshot, style)],
		...(proof
			? ([["Proof", proofLine(proof, style, new Set(result.members.map(({ id }) => id)))]] satisfies [string, string][])
			: []),
		["Restarts", restarts === 0 ? "0 of the pods that were there before" : style.yellow(plural(restarts, "pod"))],
	];
	return [
		"",
		style.bold(
			`${style.green(style.symbols.pass)} ${namespace}/${name} ${outcome(result)} in ${formatDuration(seconds * 1000)}`,
		),
		"",
		style.dim(members[0] ?? ""),
		...members.slice(1),
		"",
		...facts.flatMap(([title, text]) => {
			const [first = "", ...rest] = wrap(text, Math.min(style.width, 120) - 11);
			return [padEnd(`${title}:`, 11) + first, ...rest.map((line) => " ".repeat(11) + line)];
		}),
		...helmValues(result, before, style),
	];
}

function outcome({ from, to, restarts, tookBack }: ScaleResult): string {
	if (tookBack?.to !== undefined && tookBack.to !== from)
		return `is back at ${plural(to, "member")}: the scaling ${from} → ${tookBack.to} was undone`;
	if (tookBack) return `is back at ${plural(to, "member")}: what was unfinished was undone`;
	if (from === to)
		return restarts > 0 ? `rolled out: ${plural(restarts, "pod")} recreated` : `has ${plural(to, "member")}`;
	return `scaled from ${from} to ${plural(to, "member")}`;
}

function snapshotLine(snapshot: ScaleResult["snapshot"], { yellow }: Style): string {
	if (!snapshot) return "none was taken";
	const { file, revision, found } = snapshot;
	return found
		? `revision ${revision}, ${file}`
		: yellow(`revision ${revision} was saved as ${file}, but that snapshot is not there now`);
}

/** What has to be in the chart's values for its next upgrade to leave the template as it is now. */
function helmValues({ steps, to }: ScaleResult, { statefulSet }: ClusterView, style: Style): string[] {
	if (!steps.some(({ step }) => step.kind === "name-members") || !statefulSet.managedBy?.startsWith("Helm")) return [];
	return [
		"",
		style.dim(`# values for Helm, so that its next upgrade keeps it; without "etcd:" for the etcd chart itself`),
		"etcd:",
		`  replicaCount: ${to}`,
		"  initialClusterState: existing",
	];
}

/** By ordinal: -2 before -10. */
export const inOrder = <M extends { readonly name: string }>(members: readonly M[]): M[] =>
	[...members].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));

/** The steps' times, summed for each member that joined; what comes before the first and after the last is told apart. */
function stepTimes({ steps }: ScaleResult, { statefulSet }: ClusterView): string {
	const sums = new Map<string, number>();
	let of = "beforehand";
	for (const { step, seconds } of steps) {
		if ("ordinal" in step) of = podName(statefulSet, step.ordinal);
		const under = step.kind === "take-snapshot" ? "snapshot" : step.kind === "restore-strategy" ? "tidying up" : of;
		sums.set(under, (sums.get(under) ?? 0) + seconds);
	}
	const told = [...sums].map(([under, seconds]) => `${under} ${formatDuration(seconds * 1000)}`);
	return `${steps.length} (${told.join(", ")})`;
}
