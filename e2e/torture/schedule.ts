import { FAULT_KINDS, type Fault, type FaultKind, type Moment, type Target } from "./fault.ts";
import { type Random, random } from "./random.ts";

/** What one run consists of; the same for the same seed. */
export interface Schedule {
	readonly seed: number;
	readonly cluster: ClusterKind;
	readonly members: number;
	readonly podManagementPolicy: "Parallel" | "OrderedReady";
	readonly scalings: readonly Scaling[];
}

export type ClusterKind = { readonly etcdVersion: string } | { readonly image: string };

export interface Scaling {
	readonly to: number;
	/** what is done with it once it was interrupted */
	readonly afterwards: "repeat" | "abort";
	readonly faults: readonly Fault[];
}

export const CLUSTERS: readonly ClusterKind[] = [
	{ etcdVersion: "3.4" },
	{ etcdVersion: "3.5.9" },
	{ etcdVersion: "3.5" },
	{ etcdVersion: "3.6" },
	{ etcdVersion: "3.7" },
	{ image: "bitnami/etcd:3.5.6-debian-11-r10" },
	{ image: "openebs/etcd:3.6.4-debian-12-r0" },
];

/** Sizes that are gone to from each; odd ones more often, as people do. */
const NEXT: Readonly<Record<number, readonly number[]>> = {
	1: [3, 3, 2],
	2: [3, 1],
	3: [5, 5, 4, 2, 1],
	4: [5, 3],
	5: [3, 3, 4],
};

/** Pure. */
export function schedule(seed: number): Schedule {
	const chosen = random(seed);
	// neighbouring seeds begin alike: the first number is thrown away
	chosen.next();
	const cluster = chosen.pick(CLUSTERS);
	const members = chosen.pick([3, 3, 3, 1, 5]);
	const podManagementPolicy = chosen.chance(0.25) ? "OrderedReady" : "Parallel";
	const scalings: Scaling[] = [];
	for (let size = members; scalings.length < 2; ) {
		const to = chosen.pick(NEXT[size] ?? [3]);
		const scaling = scalingTo(chosen, size, to);
		scalings.push(scaling);
		if (scaling.afterwards === "repeat") size = to;
	}
	return { seed, cluster, members, podManagementPolicy, scalings };
}

function scalingTo(chosen: Random, from: number, to: number): Scaling {
	const faults = Array.from({ length: chosen.pick([1, 2, 2, 3]) }, () => fault(chosen, from, to));
	// a machine that is gone for good took the newcomer with it: the way on is back
	const gone = faults.some(({ kind }) => kind === "node-gone");
	return { to, afterwards: gone || chosen.chance(0.2) ? "abort" : "repeat", faults };
}

function fault(chosen: Random, from: number, to: number): Fault {
	const kind = chosen.pick(weighted(from, to));
	const at = moment(chosen, kind);
	switch (kind) {
		case "sigkill":
		case "second-run":
		case "port-forward-cut":
			return { kind, at };
		case "api-away":
			return { kind, at, lastsMs: chosen.pick([2, 5, 10, 60]) * 1000 };
		case "kubectl-scale":
			return { kind, at, by: chosen.pick([1, -1]) };
		case "leader-lost":
			return { kind, at, target: "leader" };
		case "node-gone":
			return { kind, at, target: "newest", lastsMs: 4000 };
		case "container-killed":
		case "pod-deleted":
			return { kind, at, target: target(chosen) };
		default:
			return { kind, at, target: target(chosen), lastsMs: chosen.between(2, 8) * 1000 };
	}
}

const target = (chosen: Random): Target => chosen.pick(["leader", "newest", "first", "second"]);

/** Being killed is what happens most. */
function weighted(from: number, to: number): readonly FaultKind[] {
	const kinds = FAULT_KINDS.filter((kind) => {
		// with fewer than three a pod taken away by hand is quorum taken away
		if (kind === "kubectl-scale") return from >= 3 && to >= 3;
		return kind !== "node-gone" || to > from;
	});
	return [...kinds, "sigkill", "sigkill", "sigkill"];
}

function moment(chosen: Random, kind: FaultKind): Moment {
	// just before the promotion, when the newcomer has got its own template back
	if (kind === "leader-lost") return { after: "restart-pod", delayMs: chosen.between(0, 1500) };
	// long before it votes: a voter that is gone for good must be replaced, which is not the tool's to do
	if (kind === "node-gone") return { after: "raise-replicas", delayMs: chosen.between(0, 200) };
	if (chosen.chance(0.3)) return { after: 0, delayMs: chosen.between(200, 9000) };
	return { after: chosen.between(1, 12), delayMs: chosen.chance(0.5) ? 0 : chosen.between(0, 1500) };
}
