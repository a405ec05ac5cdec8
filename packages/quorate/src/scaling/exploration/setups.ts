import { type FaultKind, LASTING, PASSING, type Setup } from "./setup.ts";

const MIXED: readonly FaultKind[] = ["kill-tool", "late-answer", "kill-pod", "node-away", "leader-lost", "abort"];

/** Pods stay where they are. */
const AT_THE_TOOL: readonly FaultKind[] = ["kill-tool", "elsewhere", "late-answer", "leader-lost"];

const passing: readonly FaultKind[] = [...PASSING];
const without = (...kinds: FaultKind[]): readonly FaultKind[] => passing.filter((kind) => !kinds.includes(kind));

/** The sizes of every single change: most of what can happen happens within one. */
const pairs = (least: number, most: number): { from: number; to: number }[] =>
	Array.from({ length: most - least }, (_, index) => least + index).flatMap((size) => [
		{ from: size, to: size + 1 },
		{ from: size + 1, to: size },
	]);

/** Every size to every other, with nothing going wrong. */
export const ALL_SIZES: readonly Setup[] = Array.from({ length: 9 }, (_, from) =>
	Array.from({ length: 9 }, (_, to) => ({ from: from + 1, to: to + 1 })),
)
	.flat()
	.filter(({ from, to }) => from !== to)
	.flatMap((sizes): Setup[] => [
		sizes,
		{ ...sizes, policy: "OrderedReady", readyAsLearner: true },
		{ ...sizes, volumes: "dynamic", policy: "OrderedReady", deletesClaims: sizes.from > sizes.to },
	]);

/** What a person keeps lies where a member is to come. */
const IN_THE_WAY: readonly string[] = ["check:storage-ready", "StaleClaim"];

/** Every kind of cluster, each fault once. */
const KINDS: readonly Setup[] = [
	{ from: 1, to: 2 },
	{ from: 2, to: 1 },
	{ from: 3, to: 4 },
	{ from: 4, to: 3 },
	{ from: 3, to: 4, policy: "OrderedReady", readyAsLearner: true },
	{ from: 4, to: 3, policy: "OrderedReady", volumes: "dynamic", deletesClaims: true },
	{ from: 3, to: 4, strategy: "OnDelete" },
	{ from: 3, to: 4, image: "adds-itself", leftover: true, discardVolumes: true },
	{ from: 4, to: 3, image: "adds-itself", keepVolumes: true, refused: IN_THE_WAY },
	{ from: 2, to: 1, image: "adds-itself" },
	{ from: 3, to: 4, leftover: true, keepVolumes: true, firstOrdinal: 4, refused: IN_THE_WAY },
].map((setup) => ({ ...setup, faults: 1 }) as Setup);

/** Pods that are brought onto the newest template. */
const ROLLED: readonly Setup[] = [
	{ from: 3, to: 3, outdated: true },
	{ from: 3, to: 3, outdated: true, strategy: "OnDelete" },
	{ from: 5, to: 5, outdated: true, policy: "OrderedReady", firstOrdinal: 2 },
	{ from: 3, to: 3, naming: true },
	{ from: 3, to: 3, naming: true, strategy: "OnDelete" },
];

/** Each pod takes its member out when it is to end: nobody else may end one that stays. */
const HOOKED: readonly Setup[] = [
	{ from: 3, to: 3, outdated: true, stopHook: true, refused: ["StopHookRemovesMember"] },
	{ from: 4, to: 3, stopHook: true },
	{ from: 3, to: 4, stopHook: true },
];

const START: readonly string[] = ["check:join-known", "StartNotUnderstood"];

/** An init container takes a member out and adds itself: no join profile leaves it out, so nothing grows. */
const TAKEN_OVER: readonly Setup[] = [
	{ from: 3, to: 4, image: "takes-over", refused: START },
	{ from: 4, to: 3, image: "takes-over", refused: START, faults: 1, kinds: ["abort"] },
];

/** The plan is agreed to, and begun later. */
const AGREED: readonly Setup[] = [
	{ from: 3, to: 4, approval: true },
	{ from: 4, to: 3, approval: true },
	{ from: 2, to: 1, approval: true },
	{ from: 3, to: 4, approval: true, volumes: "dynamic" },
	{ from: 3, to: 3, approval: true, outdated: true },
];

const KEPT_ONCE = { keepVolumes: true, next: [{ to: 2, discardVolumes: true }], refused: IN_THE_WAY };

/** A person keeps what earlier members left, deletes claims, types other flags. */
const KEPT: readonly Setup[] = [
	{ from: 2, to: 1, leftover: true },
	{ from: 1, to: 2, leftover: true, refused: IN_THE_WAY },
	{ from: 1, to: 2, leftover: true, discardVolumes: true, faults: 1, kinds: ["delete-claim", "other-flags"] },
	{ from: 1, to: 2, neighbour: true, next: [{ to: 1 }] },
	{ from: 2, to: 1, ...KEPT_ONCE, faults: 1, kinds: ["abort"] },
];

/** The first pod, once emptied, begins a cluster by itself under its old ids; one whose member was taken out begins another. */
const DIVIDED: readonly Setup[] = [
	{ from: 1, to: 2, bootstraps: true, faults: 1, kinds: ["wipe-disk"] },
	{ from: 3, to: 4, bootstraps: true, faults: 1, kinds: ["wipe-disk"] },
	{ from: 3, to: 2, bootstraps: true, faults: 1, kinds: ["wipe-disk"] },
	{ from: 2, to: 1, bootstraps: true, faults: 2, kinds: ["wipe-disk", "kill-tool"] },
];

/** A member whose disk is gone leaves with the size, where it is the last. */
const LOST: readonly Setup[] = [
	{ from: 4, to: 3, faults: 1, kinds: ["wipe-disk"] },
	{ from: 5, to: 3, faults: 1, kinds: ["wipe-disk"] },
];

/** Volumes of one path are no pattern for another: taking a shrinking back needs a volume that a person makes. */
const NO_PATTERN: readonly string[] = ["check:storage-ready", "NoVolumeToModel"];
const LEFT = { volumes: "loose", leftover: true, discardVolumes: true } as const;

/** Volumes on the disks of nodes, bound to none. */
const LOOSE: readonly Setup[] = [
	{ from: 1, to: 3, volumes: "loose" },
	{ from: 3, to: 2, volumes: "loose", onePath: true, faults: 1, kinds: AT_THE_TOOL, refused: NO_PATTERN },
	{ from: 2, to: 1, volumes: "loose", ...KEPT_ONCE },
	{ from: 2, to: 1, volumes: "loose", onePath: true, ...KEPT_ONCE, refused: [...IN_THE_WAY, ...NO_PATTERN] },
	{ from: 1, to: 2, ...LEFT, refused: ["VolumeLocationUnknown"] },
	{ from: 1, to: 2, ...LEFT, onePath: true, refused: ["VolumeLocationUnknown"] },
	{ from: 3, to: 3, volumes: "loose", outdated: true, refused: ["VolumesNotPlaced"] },
	{ from: 4, to: 3, volumes: "loose", faults: 1, kinds: ["wipe-disk"] },
];

export const QUICK: readonly Setup[] = [
	...KINDS,
	...ROLLED.map((setup): Setup => ({ ...setup, faults: 1 })),
	{ from: 3, to: 5, readyAsLearner: true, faults: 1, kinds: passing },
	{ from: 5, to: 3, faults: 1, kinds: passing },
	{ from: 1, to: 2, faults: 2, kinds: passing },
	{ from: 2, to: 1, faults: 2, kinds: passing },
	...HOOKED,
	...TAKEN_OVER,
	...LOOSE,
	...KEPT,
	...DIVIDED,
	...LOST,
	...AGREED.map((setup): Setup => ({ ...setup, faults: 1, kinds: ["other-run", "kill-tool", "node-away", "abort"] })),
];

/** With another fault, of those that leave such a cluster as it is. */
const once = (setups: readonly Setup[], kinds: readonly FaultKind[]): readonly Setup[] =>
	setups.map((setup) => ({
		...setup,
		faults: (setup.faults ?? 0) + 1,
		kinds: [...new Set([...kinds, ...(setup.kinds ?? [])])],
	}));

export const FULL: readonly Setup[] = [
	...pairs(1, 9).map((sizes): Setup => ({ ...sizes, faults: 1 })),
	...pairs(1, 9).map((sizes): Setup => ({ ...sizes, faults: 1, policy: "OrderedReady", readyAsLearner: true })),
	// with more members there are no more states, for those in the middle are alike
	...pairs(1, 6).map((sizes): Setup => ({ ...sizes, faults: 2, kinds: passing })),
	...KINDS.map((setup): Setup => ({ ...setup, faults: 2, kinds: passing })),
	{ from: 3, to: 5, faults: 1 },
	{ from: 3, to: 5, faults: 1, policy: "OrderedReady" },
	{ from: 3, to: 5, faults: 1, readyAsLearner: true },
	{ from: 5, to: 3, faults: 1 },
	{ from: 5, to: 3, faults: 1, volumes: "dynamic", deletesClaims: true },
	{ from: 3, to: 5, faults: 2, kinds: passing },
	{ from: 5, to: 3, faults: 2, kinds: passing },
	// what someone else does, and what goes wrong before or after it
	...LASTING.flatMap((kind): Setup[] => [
		{ from: 3, to: 4, faults: 2, kinds: [...MIXED, kind] },
		{ from: 4, to: 3, faults: 2, kinds: [...MIXED, kind] },
	]),
	{ from: 1, to: 2, faults: 3, kinds: passing },
	{ from: 2, to: 1, faults: 3, kinds: passing },
	{ from: 3, to: 4, faults: 3, kinds: passing },
	{ from: 4, to: 3, faults: 3, kinds: passing },
	...ROLLED.map((setup): Setup => ({ ...setup, faults: 2, kinds: passing })),
	// a pod that ends takes its member along
	...once(HOOKED, without("kill-pod")),
	...once(TAKEN_OVER, without("kill-pod", "node-away")),
	// a pod that is made anew may be put where its data is not
	...once(LOOSE, without("kill-pod", "node-away")),
	...once(KEPT, passing),
	...once(DIVIDED, passing),
	...once(LOST, passing),
	...AGREED.map((setup): Setup => ({ ...setup, faults: 1 })),
	{ from: 3, to: 4, faults: 2, approval: true, kinds: passing },
	{ from: 4, to: 3, faults: 2, approval: true, kinds: passing },
	{ from: 3, to: 4, faults: 1, torn: true },
	{ from: 4, to: 3, faults: 1, torn: true },
];
