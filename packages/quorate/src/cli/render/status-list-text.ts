import { type ClusterView, voters } from "../../cluster/cluster-view.ts";
import type { Verdict } from "../../cluster/verdict.ts";
import type { QuorateError } from "../../errors.ts";
import { describeUnfinished } from "../../scaling/describe-state.ts";
import { memberHealth, memberRows } from "./member-health.ts";
import { versionsOf } from "./status-text.ts";
import { type Style, wrap } from "./style.ts";
import { table } from "./table.ts";

/** One of many clusters: as it is, or why it could not be looked at. */
export interface SeenCluster {
	readonly namespace: string;
	readonly name: string;
	/** address of the API server */
	readonly server?: string;
	readonly view?: ClusterView;
	/** its commands are complete */
	readonly verdict?: Verdict;
	readonly error?: QuorateError;
}

/** The page that `quorate status -A` prints: a line for each cluster, and below what is wrong, with what helps. */
export function statusListText(seen: readonly SeenCluster[], style: Style): string[] {
	const [titles = "", ...rows] = table(
		[
			{ title: "NAMESPACE", cell: ({ namespace }: SeenCluster) => namespace },
			{ title: "NAME", cell: ({ name }) => name },
			{ title: "HEALTHY", cell: healthy },
			{ title: "LEADER", cell: leader },
			{ title: "VERSION", cell: ({ view }) => (view && versionsOf(view).join(",")) || "-" },
			{ title: "STATE", cell: (cluster) => state(cluster, style) },
		],
		seen,
	);
	return [style.dim(titles), ...rows, ...seen.flatMap((cluster) => troubleLines(cluster, style))];
}

function healthy({ view }: SeenCluster): string {
	if (!view || (view.etcd.trouble !== undefined && !view.etcd.listedByOne)) return "-";
	const all = voters(view);
	return `${all.filter((member) => memberHealth(member) === "healthy").length}/${all.length}`;
}

function leader({ view }: SeenCluster): string {
	if (!view || view.etcd.sides) return "-";
	return view.etcd.members.find(({ id }) => id === view.etcd.leader)?.name || "-";
}

/** The verdict's first words, in capitals, are what it is. */
const headline = ({ line }: Verdict): string => line.split(":")[0] ?? line;

function state({ view, verdict, error }: SeenCluster, { red, yellow, green }: Style): string {
	if (error || !view) return red("unknown");
	if (verdict) return red(headline(verdict));
	if (view.statefulSet.record) return yellow(describeUnfinished(view));
	const bad = memberRows(view).filter(({ member }) => !member || memberHealth(member) !== "healthy");
	return bad.length === 0
		? green("healthy")
		: yellow(`see ${bad.map(({ name, pod }) => pod?.name ?? name).join(", ")}`);
}

function troubleLines({ namespace, name, verdict, error }: SeenCluster, style: Style): string[] {
	const line = error?.message ?? verdict?.line;
	if (line === undefined) return [];
	const next = error ? [error.hint ?? ""] : (verdict?.next ?? []);
	return [
		"",
		...wrap(`${namespace}/${name}: ${line}`, Math.min(style.width, 120)).map((part) => style.red(part)),
		// a command is one line, so that it can be pasted
		...next.filter((command) => command !== "").map((command) => `  ${command}`),
	];
}
