import { FAULT_KINDS, type Fault, type FaultKind, type Moment, type Target } from "./fault.ts";
import { type Random, random } from "./random.ts";

/** What one run consists of; the same for the same seed. */
export interface Schedule {
	readonly seed: number;
	readonly cluster: ClusterKind;
	readonly members: number;
	readonly podManagementPolicy: "Parallel" | "OrderedReady";
	/** @default as Mayastor's guide has it */
	readonly shape?: Shape;
	readonly scalings: readonly Scaling[];
}

export type ClusterKind = { readonly etcdVersion: string } | { readonly image: string };

/** What else the cluster may look like. */
export type Shape =
	/** every volume is the same folder, of its node (`tied`) or of whichever its pod comes to */
	| { readonly kind: "same-path"; readonly tied: boolean }
	/** a preStop hook takes the member out whenever its pod is stopped */
	| { readonly kind: "hook" };

export interface Scaling {
	readonly to: number;
	/** what is done with it once it was interrupted; `end`: the run ends with it, for a member has to be replaced first */
	readonly afterwards: "repeat" | "abort" | "end";
	/** --keep-volumes, in a shrinking */
	readonly keepVolumes?: boolean;
	/** a growth onto what was kept: refused as it is, done with --discard-volumes */
	readonly discardVolumes?: boolean;
	readonly faults: readonly Fault[];
}

/** Each of these is in about a tenth of the runs; the others are as they were before there were any. */
const SPECIALS = ["disk-wiped", "disk-wiped", "kept", "other-person", "same-path", "hook"] as const;

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
	const plain: Schedule = { seed, cluster, members, podManagementPolicy, scalings };
	// numbers of their own, so that a seed that is not special is what it always was
	const other = random(seed ^ 0x51ab);
	other.next();
	return other.chance(0.6) ? special(plain, other) : plain;
}

/** Clusters, flags and people that are out of the common, each by itself. */
function special(plain: Schedule, chosen: Random): Schedule {
	const interrupted = (to: number): Scaling => ({ to, afterwards: "repeat", faults: [interruption(chosen)] });
	switch (chosen.pick(SPECIALS)) {
		case "disk-wiped": {
			const members = chosen.pick([1, 1, 3, 3, 5]);
			const first = chosen.pick(NEXT[members] ?? [3]);
			const to = chosen.pick(NEXT[first] ?? [3]);
			const wiped: Fault = {
				kind: "disk-wiped",
				target: chosen.pick(["first", "first", "leader", "second", "newest"]),
				at: { after: chosen.pick([0, 1, 2, 3, 4, 6, 8, 10, 12]), delayMs: chosen.between(0, 2000) },
				lastsMs: chosen.between(1, 4) * 1000,
			};
			return {
				...plain,
				members,
				scalings: [interrupted(first), { to, afterwards: "end", faults: [interruption(chosen), wiped] }],
			};
		}
		case "kept": {
			const [members, fewer, more] = chosen.pick([
				[3, 2, 3],
				[3, 1, 3],
				[5, 3, 5],
				[5, 3, 4],
			] as const);
			return {
				...plain,
				members,
				scalings: [
					{ ...interrupted(fewer), keepVolumes: true },
					{ ...interrupted(more), discardVolumes: true },
				],
			};
		}
		case "other-person": {
			const [members, to, theirs] = chosen.pick([
				[3, 4, 5],
				[3, 5, 1],
				[5, 3, 4],
				[3, 2, 5],
			] as const);
			const other = (what: number | "abort"): Fault => ({
				kind: "other-person",
				to: what,
				at: { after: 0, delayMs: 0 },
			});
			const [next = 3] = NEXT[to] ?? [];
			return {
				...plain,
				members,
				scalings: [
					{ to, afterwards: "repeat", faults: [other(theirs)] },
					{ to: next, afterwards: "repeat", faults: [interruption(chosen), other("abort")] },
				],
			};
		}
		case "same-path":
			return {
				...plain,
				members: 3,
				shape: { kind: "same-path", tied: chosen.chance(0.5) },
				scalings: chosen.pick([
					[interrupted(5), interrupted(3)],
					[interrupted(2), interrupted(3)],
				]),
			};
		case "hook":
			return {
				...plain,
				cluster: chosen.pick(CLUSTERS.filter((kind) => "etcdVersion" in kind)),
				members: 3,
				shape: { kind: "hook" },
				scalings: chosen.pick([
					[interrupted(5), interrupted(3)],
					[interrupted(1), interrupted(3)],
				]),
			};
	}
}

/** Of the tool alone: the cluster itself is well. */
function interruption(chosen: Random): Fault {
	const kind = chosen.pick(["sigkill", "sigkill", "port-forward-cut"] as const);
	return { kind, at: moment(chosen, kind) };
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
		case "other-person":
			return { kind, at, to: "abort" };
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
		// only in runs of their own
		if (kind === "disk-wiped" || kind === "other-person") return false;
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
