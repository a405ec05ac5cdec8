import { withData } from "./folders.ts";
import type { Happening } from "./kubelet.ts";
import type { Setup } from "./setup.ts";
import { joinOf, ORIGINAL, type Pod, votersOf, type World } from "./world.ts";

/**
 * While the first waits at the prompt, another person's run is begun and ended: it scales, or brings what was unfinished to one of its
 * ends. Once the first run has its Lease, no other begins.
 */
export function* scaledByAnother(w: World, setup: Setup): Generator<Happening> {
	const { run } = w;
	if (run.kind !== "looking" || !run.agreed?.before || !isWell(w)) return;
	for (let size = 1; size <= w.pods.length; size++) {
		if (!w.notes && size === votersOf(w)) continue;
		if (w.notes && size !== w.notes.from && size !== w.notes.goal?.replicas) continue;
		const label = w.notes ? `another person brings the unfinished run to ${size}` : `another person scales to ${size}`;
		yield { label, world: withSize(w, setup, size) };
	}
}

/** Nothing is in the way of another's run. */
function isWell(w: World): boolean {
	if (w.lasting.length > 0 || w.late || w.leader === undefined || w.deleting || !w.observed) return false;
	if (w.nodes.some((node) => node !== "up") || (w.notes?.rolling ?? w.notes?.leaving) !== undefined) return false;
	const ours = w.notes?.joining === undefined ? w.template === ORIGINAL : w.template === joinOf(w.notes.joining);
	return ours && w.members.every((m, slot) => !m || m.learner || w.pods[slot]?.stage === "current");
}

/** All is as a finished run leaves it. */
function withSize(w: World, setup: Setup, size: number): World {
	const made: Pod = { template: ORIGINAL, stage: "current", terminating: false, before: false, again: false };
	const each = <T>(list: readonly T[], there: (slot: number, was: T) => T, gone: T): T[] =>
		list.map((was, slot) => (slot < size ? there(slot, was) : gone));
	const mask = (1 << size) - 1;
	let world: World = {
		...w,
		// nothing is left to be taken back
		goal: w.aborted ? size : w.goal,
		replicas: size,
		template: ORIGINAL,
		partition: w.notes?.partition ?? w.partition,
		currentRevision: ORIGINAL,
		updateRevision: ORIGINAL,
		notes: undefined,
		pods: each(w.pods, (_, was) => (was?.template === ORIGINAL && was.stage === "current" ? was : made), undefined),
		claims: each(w.claims, () => "bound", "none"),
		volumes: each(w.volumes, () => "bound", "none"),
		cleaners: w.cleaners.map(() => []),
		firstClaims: w.firstClaims & mask,
		firstVolumes: w.firstVolumes & mask,
		members: each(w.members, () => ({ learner: false, started: true }), undefined),
		leader: w.leader !== undefined && w.leader < size ? w.leader : 0,
		file: false,
		snapshotTaken: false,
		unproven: false,
	};
	for (let slot = 0; slot < w.pods.length; slot++) {
		const home = setup.volumes === "dynamic" ? undefined : world.bound[slot];
		world = { ...world, folders: withData(world, slot, slot < size ? "own" : "none", home) };
	}
	return world;
}
