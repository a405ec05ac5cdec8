import type { Setup } from "./setup.ts";
import { FOREIGN, NAMED, ORIGINAL, type Template, type World } from "./world.ts";

/** All volumes' path, where they have the same. */
export const ONE_PATH = "/data/etcd";

/** Of what is made after the beginning. */
export const LATER = "-later";

type Numbered = Pick<Setup, "firstOrdinal">;

export const podName = ({ firstOrdinal = 0 }: Numbered, slot: number): string => `mayastor-etcd-${slot + firstOrdinal}`;
export const claimName = (setup: Numbered, slot: number): string => `data-${podName(setup, slot)}`;
export const volumeName = (w: World, { firstOrdinal = 0 }: Numbered, slot: number): string =>
	`etcd-volume-${(w.numbers[slot] ?? slot) + firstOrdinal}`;
export const folderPath = ({ onePath, firstOrdinal = 0 }: Setup, slot: number): string =>
	onePath ? ONE_PATH : `/var/local/mayastor/etcd/pod-${slot + firstOrdinal}`;
export const nodeName = (node: number): string => `node-${node + 1}`;
/** -1: it is not said which. */
export const nodeNumber = (name: string | undefined): number =>
	name === undefined ? -1 : Number(name.split("-").at(-1)) - 1;

export const uidOf = (what: "claim" | "volume", ordinal: number, first: boolean): string =>
	`uid-${what}-${ordinal}${first ? "" : LATER}`;

export const claimUid = (w: World, { firstOrdinal = 0 }: Numbered, slot: number): string =>
	uidOf("claim", slot + firstOrdinal, (w.firstClaims & (1 << slot)) !== 0);

export const volumeUid = (w: World, { firstOrdinal = 0 }: Numbered, slot: number): string =>
	uidOf("volume", slot + firstOrdinal, (w.firstVolumes & (1 << slot)) !== 0);

export const revision = (template: Template): string =>
	template === ORIGINAL
		? "original"
		: template === NAMED
			? "named"
			: template === FOREIGN
				? "foreign"
				: `join-profile-${template}`;
