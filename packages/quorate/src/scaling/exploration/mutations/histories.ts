import type { Setup } from "../setup.ts";
import { type CaughtIn, once } from "./caught-in.ts";

const HISTORIES_FILE = "cluster/histories.ts";

const wiped = (from: number, to: number): Setup => once({ from, to, bootstraps: true }, "wipe-disk");

/** Members that do not tell of one history. */
export const HISTORIES: readonly CaughtIn[] = [
	{
		name: "the first answer is believed, though the others tell of another history",
		file: HISTORIES_FILE,
		text: "if (sides.length < 2) {",
		becomes: "if (sides.length > 0) {",
		setup: wiped(3, 4),
	},
	{
		name: "a pod that began another cluster when its member had left keeps the run from its end",
		file: HISTORIES_FILE,
		text: "if (left && !another && left.every(",
		becomes: "if (left && another && left.every(",
		setup: { from: 2, to: 1, bootstraps: true, faults: 2, kinds: ["kill-tool", "wipe-disk"] },
	},
	{
		name: "a member of the same ids counts, whatever it holds",
		file: HISTORIES_FILE,
		text: ".flatMap((side) => byRevision(side, before));",
		becomes: ";",
		setup: wiped(3, 4),
	},
];
