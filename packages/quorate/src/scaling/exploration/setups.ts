import { type FaultKind, LASTING, PASSING, type Setup } from "./setup.ts";

const MIXED: readonly FaultKind[] = ["kill-tool", "late-answer", "kill-pod", "node-away", "leader-lost", "abort"];

const passing: readonly FaultKind[] = [...PASSING];

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
	{ from: 4, to: 3, image: "adds-itself", keepVolumes: true },
	{ from: 2, to: 1, image: "adds-itself" },
	{ from: 3, to: 4, leftover: true, keepVolumes: true, firstOrdinal: 4 },
].map((setup) => ({ ...setup, faults: 1 }) as Setup);

/** Pods that are brought onto the newest template. */
const ROLLED: readonly Setup[] = [
	{ from: 3, to: 3, outdated: true },
	{ from: 3, to: 3, outdated: true, strategy: "OnDelete" },
	{ from: 5, to: 5, outdated: true, policy: "OrderedReady", firstOrdinal: 2 },
	{ from: 3, to: 3, naming: true },
	{ from: 3, to: 3, naming: true, strategy: "OnDelete" },
];

export const QUICK: readonly Setup[] = [
	...KINDS,
	...ROLLED.map((setup): Setup => ({ ...setup, faults: 1 })),
	{ from: 3, to: 5, readyAsLearner: true, faults: 1, kinds: passing },
	{ from: 5, to: 3, faults: 1, kinds: passing },
	{ from: 1, to: 2, faults: 2, kinds: passing },
	{ from: 2, to: 1, faults: 2, kinds: passing },
];

export const FULL: readonly Setup[] = [
	...pairs(1, 9).map((sizes): Setup => ({ ...sizes, faults: 1 })),
	...pairs(1, 9).map((sizes): Setup => ({ ...sizes, faults: 1, policy: "OrderedReady", readyAsLearner: true })),
	...pairs(1, 9).map((sizes): Setup => ({ ...sizes, faults: 2, kinds: passing })),
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
	{ from: 3, to: 4, faults: 1, torn: true },
	{ from: 4, to: 3, faults: 1, torn: true },
];
