import { folderOf, robbed, withData } from "./folders.ts";
import { put, type World } from "./world.ts";

/** Whose data a pod of the tool must find in a volume before it does anything with it. */
export interface Expects {
	/** slot of the member; -1: anyone's who has left */
	readonly of: number;
	/** an empty volume will not do */
	readonly log: boolean;
	/** slots of members whose data it leaves alone, bit by bit */
	readonly present: number;
}

/** A pod of the tool that mounts the volume of one claim, to look whose data is in it or to empty it. */
export interface Cleaner {
	readonly task: "look" | "empty";
	readonly phase: "running" | "succeeded" | "failed";
	/** -1: any that the volume allows */
	readonly node: number;
	readonly expects: Expects;
	readonly report: "none" | "seen" | "emptied" | "refused";
}

const TASKS = ["look", "empty"] as const;
const PHASES = ["running", "succeeded", "failed"] as const;
const REPORTS = ["none", "seen", "emptied", "refused"] as const;

export const expectsCode = ({ of, log }: Expects): number => of + 1 + (log ? 16 : 0);

/** The first of two codes; the other is `expects.present`. */
export const cleanerCode = ({ task, phase, node, expects, report }: Cleaner): number =>
	expectsCode(expects) +
	32 * (node + 1) +
	1024 * TASKS.indexOf(task) +
	2048 * PHASES.indexOf(phase) +
	8192 * REPORTS.indexOf(report);

export const cleanersOf = (w: World, slot: number): readonly Cleaner[] => w.cleaners[slot] ?? [];

export const withCleaner = (w: World, slot: number, cleaner: Cleaner): World["cleaners"] =>
	put(w.cleaners, slot, [...cleanersOf(w, slot).filter(({ task }) => task !== cleaner.task), cleaner]);

export const withoutCleaner = (w: World, slot: number, task?: Cleaner["task"]): World["cleaners"] =>
	put(w.cleaners, slot, task === undefined ? [] : cleanersOf(w, slot).filter((cleaner) => cleaner.task !== task));

/** Its script has run on that node: it leaves alone what is not what it was to find. */
export function visited(w: World, slot: number, cleaner: Cleaner, node: number): World {
	const { task, expects } = cleaner;
	const folder = folderOf(w, slot, node);
	const another =
		folder !== undefined &&
		(folder.data === "foreign" ||
			(expects.of >= 0 && folder.of !== expects.of) ||
			(folder.of !== expects.of && (expects.present & (1 << folder.of)) !== 0));
	const missing = folder === undefined && expects.log && task === "look";
	const report = another || missing ? "refused" : task === "look" ? "seen" : "emptied";
	const done = withCleaner(w, slot, { ...cleaner, phase: "succeeded", report });
	if (report !== "emptied") return { ...w, cleaners: done };
	return {
		...w,
		cleaners: done,
		folders: withData(w, slot, "none", node),
		flaw: robbed(w, slot, node) ?? w.flaw,
	};
}
