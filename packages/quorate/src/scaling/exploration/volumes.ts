import { put, type World } from "./world.ts";

/** Volumes are called by a number, as a rule that of the slot; a new one may take another, where that one's folder is somebody's. */
export const numberIn = (volume: string): number => Number(volume.split("-").at(-1));

/** -1: it is none of the StatefulSet's. */
export const slotOfVolume = (w: World, volume: string, first = 0): number =>
	w.numbers.indexOf(numberIn(volume) - first);

/** The volume is no more. What was noted of it means no later one of its name. */
export function volumeGone(w: World, slot: number): World {
	const noted = 2 * slot + (w.firstVolumes & (1 << slot) ? 0 : 1);
	return {
		...w,
		volumes: put(w.volumes, slot, "none" as const),
		firstVolumes: w.firstVolumes & ~(1 << slot),
		bound: put(w.bound, slot, slot),
		numbers: put(w.numbers, slot, slot),
		notes: w.notes && { ...w.notes, emptied: w.notes.emptied.filter((volume) => volume !== noted) },
	};
}
