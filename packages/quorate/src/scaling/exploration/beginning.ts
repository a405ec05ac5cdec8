import { type Folder, NOWHERE } from "./folders.ts";
import { commandsOf, type Setup, sizesOf } from "./setup.ts";
import { FOREIGN, type NodeState, ORIGINAL, type Phase, type Pod, put, type VolumePhase, type World } from "./world.ts";

/** The partition that was found. */
export const heldFrom = ({ outdated, strategy, from }: Setup): number =>
	outdated && strategy !== "OnDelete" ? from : 0;

/** The world as the first command finds it. */
export function beginning(setup: Setup): World {
	const { from } = setup;
	const slots = Math.max(...sizesOf(setup)) + 1;
	const each = <T, R>(present: T, absent: R) =>
		Array.from({ length: slots }, (_, slot) => (slot < from ? present : absent));
	const bySlot = Array.from({ length: slots }, (_, slot) => slot);
	const hasVolumes = setup.volumes !== "none";
	const follows = setup.volumes === "dynamic" || setup.volumes === "none";
	const leftover = setup.leftover === true && hasVolumes;
	const orLeft = <T>(list: T[], value: T): T[] => (leftover ? put(list, from, value) : list);
	const outdated = setup.outdated === true;
	const old = outdated ? FOREIGN : ORIGINAL;
	const [command] = commandsOf(setup);
	const path = (slot: number) => (setup.onePath ? 0 : slot);
	const folder = (slot: number, data: Folder["data"], of = slot): Folder => ({
		path: path(slot),
		node: follows ? NOWHERE : slot,
		of,
		data,
	});
	const pod: Pod = { template: old, stage: "current", terminating: false, before: true, again: false };
	return {
		goal: setup.to,
		command: 0,
		flags: command.flags,
		aborted: false,
		replicas: from,
		template: ORIGINAL,
		partition: heldFrom(setup),
		observed: true,
		deleting: false,
		currentRevision: old,
		updateRevision: ORIGINAL,
		notes: undefined,
		pods: each(pod, undefined),
		claims: orLeft(each<Phase, Phase>(hasVolumes ? "bound" : "none", "none"), "bound"),
		volumes: orLeft(each<VolumePhase, VolumePhase>(hasVolumes ? "bound" : "none", "none"), "bound"),
		cleaners: bySlot.map(() => []),
		firstClaims: hasVolumes ? (1 << (from + (leftover ? 1 : 0))) - 1 : 0,
		firstVolumes: hasVolumes ? (1 << (from + (leftover ? 1 : 0))) - 1 : 0,
		members: each({ learner: false, started: true }, undefined),
		at: bySlot,
		numbers: bySlot,
		bound: bySlot.map((slot) => (setup.volumes === "loose" ? -1 : slot)),
		nodes: Array.from({ length: slots + 1 }, (): NodeState => "up"),
		folders: [
			...bySlot.slice(0, from).map((slot) => folder(slot, "own")),
			...(leftover ? [folder(from, "kept")] : []),
			...(setup.neighbour ? [folder(from, "foreign", NEIGHBOUR)] : []),
		],
		onePath: setup.onePath === true,
		follows,
		twin: "none",
		stranger: "none",
		leader: 0,
		alarm: false,
		run: { kind: "off" },
		file: false,
		late: undefined,
		said: "nothing",
		unproven: false,
		snapshotTaken: false,
		lasting: leftover ? ["scale-up"] : [],
		flaw: undefined,
	};
}

/** Stands for the member of another cluster. */
const NEIGHBOUR = 14;
