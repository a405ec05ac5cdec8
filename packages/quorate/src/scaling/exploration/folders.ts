import type { World } from "./world.ts";

/**
 * What lies in a folder: `own` is the data of a present member, `stale` of one that has left, `kept` of one that has left and whose data
 * a person wants to keep, `foreign` that of another cluster.
 */
export type Data = "none" | "own" | "stale" | "kept" | "foreign";
const DATA: readonly Data[] = ["none", "own", "stale", "kept", "foreign"];

/** A folder with data in it. Paths are numbers: each slot has its own, unless all volumes have the same. */
export interface Folder {
	readonly path: number;
	readonly node: number;
	/** the slot whose member wrote it */
	readonly of: number;
	readonly data: Exclude<Data, "none">;
}

/** Volumes that follow their pods are on no node. */
export const NOWHERE = 15;

const pathOf = (w: World, slot: number): number => (w.onePath ? 0 : (w.numbers[slot] ?? slot));

/** The node where the volume of this slot is used, or was last. */
export const homeOf = (w: World, slot: number): number => (w.follows ? NOWHERE : (w.at[slot] ?? slot));

export const nodeOf = (w: World, slot: number) => w.nodes[w.at[slot] ?? slot] ?? "up";

const folderAt = (w: World, path: number, node: number): Folder | undefined => {
	for (const folder of w.folders) if (folder.path === path && folder.node === node) return folder;
	return undefined;
};

/** What the volume of this slot holds on a node. */
export const folderOf = (w: World, slot: number, node = homeOf(w, slot)): Folder | undefined =>
	folderAt(w, pathOf(w, slot), node);

/** What a pod of this slot finds. The live data of another member is as good as old data. */
export function dataOf(w: World, slot: number): Data {
	const folder = folderOf(w, slot);
	if (!folder) return "none";
	return folder.data === "own" && folder.of !== slot ? "stale" : folder.data;
}

/** The folders, where the one of this slot on that node holds something else. */
export function withData(w: World, slot: number, data: Data, node = homeOf(w, slot)): readonly Folder[] {
	const path = pathOf(w, slot);
	const found = folderAt(w, path, node);
	if (data === "none") return found ? w.folders.filter((folder) => folder !== found) : w.folders;
	const others = w.folders.filter((folder) => folder !== found);
	return [...others, { path, node, of: slot, data }].sort((a, b) => a.path - b.path || a.node - b.node);
}

/** What the members leave that leave now is to be kept: it was said so, now or earlier in this run. */
export const isKeeping = ({ flags, said }: World): boolean => flags.keep || (said === "keep" && !flags.discard);

export const isDiscarding = ({ flags, said }: World): boolean => flags.discard || (said === "discard" && !flags.keep);

/** Something that a person keeps was written by the member of this slot. */
export const isKept = (w: World, slot: number): boolean =>
	w.folders.some((folder) => folder.data === "kept" && folder.of === slot);

/** Members whose data is all there. */
export const copiesOf = (w: World): number =>
	w.folders.filter(
		({ data, of }) => data === "own" && w.members[of]?.learner === false && !(of === 0 && w.twin !== "none"),
	).length;

/** What is wrong with deleting what lies in the folder of this slot on that node. */
export function robbed(w: World, slot: number, node: number): string | undefined {
	const folder = folderOf(w, slot, node);
	if (!folder) return undefined;
	const { of, data } = folder;
	if (data === "foreign") return "the data of another cluster is deleted";
	if (data === "own" && of !== slot) return `the folder of member ${of} is emptied as that of ${slot}`;
	// a foreign scale-up may bring its pod back meanwhile, and that add itself again
	if (data === "own" && w.members[of] && !w.lasting.includes("scale-up"))
		return `the folder of member ${of} is emptied, which has not left`;
	if (data === "kept" && !isDiscarding(w)) return `the data of ${of} is deleted, which a person keeps`;
	return undefined;
}

/** In 16 bits. */
export const folderCode = ({ path, node, of, data }: Folder): number =>
	path + 16 * node + 256 * of + 4096 * DATA.indexOf(data);
