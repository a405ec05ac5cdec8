import type { Happening } from "./kubelet.ts";
import type { Setup } from "./setup.ts";
import { put, type World } from "./world.ts";

/** All that comes about by itself to claims, volumes and the pods that empty them. */
export function* happenToVolumes(w: World, setup: Setup): Generator<Happening> {
	for (let slot = 0; slot < w.claims.length; slot++) {
		const claim = w.claims[slot];
		const pod = w.pods[slot];
		const cleaner = w.cleaners[slot];
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
		if (claim === "terminating" && !pod && cleaner === "none")
			yield { label: `claim ${slot} is gone`, world: claimGone(w, setup, slot) };
		if (cleaner === "looking" && w.nodes[slot] === "up" && claim === "bound")
			yield {
				label: `a pod has looked into the volume of claim ${slot}`,
				world: {
					...w,
					cleaners: put(w.cleaners, slot, w.data[slot] === "own" ? ("looked" as const) : ("unseen" as const)),
				},
			};
		if (cleaner === "running" && w.nodes[slot] === "up" && claim === "bound") {
			const robbed = w.data[slot] === "own" && w.members[slot] !== undefined;
			// a foreign scale-up may bring its pod back meanwhile, and that add itself again: the pod that is to empty it sees so
			if (robbed && w.lasting.includes("scale-up")) {
				yield {
					label: `the data of member ${slot} is not touched`,
					world: { ...w, cleaners: put(w.cleaners, slot, "failed" as const) },
				};
				continue;
			}
			yield {
				label: `the volume of claim ${slot} is emptied`,
				world: {
					...w,
					cleaners: put(w.cleaners, slot, "succeeded" as const),
					data: put(w.data, slot, "none" as const),
					flaw: robbed ? `the folder of member ${slot} is emptied, which has not left` : w.flaw,
				},
			};
		}
	}
}

/** A dynamic volume goes with its claim; a static one is released, and keeps what is in it. */
function claimGone(w: World, setup: Setup, slot: number): World {
	const bound = w.volumes[slot] === "bound";
	const robbed =
		setup.volumes === "dynamic" && w.data[slot] === "own" && w.members[slot] !== undefined && !setup.deletesClaims;
	return {
		...w,
		claims: put(w.claims, slot, "none" as const),
		volumes: bound
			? put(w.volumes, slot, setup.volumes === "dynamic" ? ("none" as const) : ("released" as const))
			: w.volumes,
		data: setup.volumes === "dynamic" ? put(w.data, slot, "none" as const) : w.data,
		flaw: robbed ? `the volume of member ${slot} is deleted, which has not left` : w.flaw,
	};
}
