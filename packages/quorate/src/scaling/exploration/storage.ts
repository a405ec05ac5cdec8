import { homeOf, robbed, withData } from "./folders.ts";
import { fitting, type Happening } from "./kubelet.ts";
import type { Setup } from "./setup.ts";
import { cleanersOf, visited } from "./visits.ts";
import { type Notes, put, type World } from "./world.ts";

/** All that comes about by itself to claims, volumes and the pods that empty them. */
export function* happenToVolumes(w: World, setup: Setup): Generator<Happening> {
	for (let slot = 0; slot < w.claims.length; slot++) {
		const claim = w.claims[slot];
		const pod = w.pods[slot];
		if (claim === "pending" && (setup.volumes === "dynamic" ? pod : w.volumes[slot] === "available"))
			yield {
				label: `claim ${slot} is bound`,
				world: { ...w, claims: put(w.claims, slot, "bound" as const), volumes: put(w.volumes, slot, "bound" as const) },
			};
		if ((claim === "bound" || claim === "pending") && setup.deletesClaims && slot >= w.replicas && !pod)
			yield {
				label: `the controller deletes claim ${slot}`,
				world: { ...w, claims: put(w.claims, slot, "terminating" as const) },
			};
		// a claim that a pod uses is not deleted before the pod
		if (claim === "terminating" && !pod && cleanersOf(w, slot).length === 0)
			yield { label: `claim ${slot} is gone`, world: claimGone(w, setup, slot) };
		for (const cleaner of cleanersOf(w, slot)) {
			if (cleaner.phase !== "running" || (claim !== "bound" && claim !== "terminating")) continue;
			for (const node of fitting(w, cleaner.node < 0 ? (w.bound[slot] ?? -1) : cleaner.node)) {
				if (w.bound[slot] !== -1 && w.bound[slot] !== node) continue;
				yield {
					label: `a pod ${cleaner.task === "look" ? "looks into" : "empties"} claim ${slot} on node ${node}`,
					world: visited(w, slot, cleaner, node),
				};
			}
		}
	}
}

function withoutClaim(notes: Notes, slot: number): Notes {
	const { leaving, left } = notes;
	return {
		...notes,
		leaving: leaving?.slot === slot ? { ...leaving, claim: "none" } : leaving,
		left: left.filter((one) => one.slot !== slot),
	};
}

/** A dynamic volume goes with its claim; a static one is released, and keeps what is in it. */
function claimGone(w: World, setup: Setup, slot: number): World {
	const bound = w.volumes[slot] === "bound";
	const flaw = w.follows && !setup.deletesClaims ? robbed(w, slot, homeOf(w, slot)) : undefined;
	return {
		...w,
		claims: put(w.claims, slot, "none" as const),
		firstClaims: w.firstClaims & ~(1 << slot),
		notes: w.notes && withoutClaim(w.notes, slot),
		volumes: bound
			? put(w.volumes, slot, setup.volumes === "dynamic" ? ("none" as const) : ("released" as const))
			: w.volumes,
		folders: w.follows ? withData(w, slot, "none") : w.folders,
		flaw: flaw ?? w.flaw,
	};
}
