import type { Step } from "../step.ts";
import { addMember, moveLeader, promoteMember, removeMember } from "./etcd.ts";
import { slotOf } from "./see.ts";
import { rollsPods, type Setup } from "./setup.ts";
import { isUp, joinOf, NAMED, type Notes, ORIGINAL, put, votersOf, type World } from "./world.ts";

/** Steps that ask etcd: it may refuse them for a while, and a request whose answer was given up may yet take effect. */
export const ASKS_ETCD: ReadonlySet<Step["kind"]> = new Set<Step["kind"]>([
	"add-learner",
	"promote",
	"remove-member",
	"move-leader",
]);

/** Steps that write the StatefulSet: refused where it is not what it was when the step was decided. */
const WRITES_SET: ReadonlySet<Step["kind"]> = new Set<Step["kind"]>([
	"take-snapshot",
	"create-volume",
	"fence",
	"raise-replicas",
	"restore-template",
	"name-members",
	"unname-members",
	"roll-pod",
	"prove",
	"note-leaving",
	"lower-replicas",
	"restore-strategy",
]);

interface Meant {
	/** the StatefulSet was changed since the step was decided */
	readonly stale: boolean;
	/** the pod or the member that was meant is no more */
	readonly gone: boolean;
}

/** The world once the step has taken effect; undefined: the step is refused, and nothing changes. Knows nothing of `applyStep`. */
export function effectOf(w: World, setup: Setup, step: Step, { stale, gone }: Meant): World | undefined {
	if (WRITES_SET.has(step.kind) && (stale || w.deleting)) return undefined;
	const first = setup.firstOrdinal ?? 0;
	const notes: Notes = w.notes ?? {
		from: w.replicas,
		voters: votersOf(w),
		template: w.template,
		partition: w.partition,
		joining: undefined,
		rolling: undefined,
		named: false,
		leaving: undefined,
		snapshot: false,
		proven: undefined,
		made: [],
	};
	const slot = "ordinal" in step ? step.ordinal - first : -1;
	const held = (partition: number) => (setup.strategy === "OnDelete" ? w.partition : partition);
	switch (step.kind) {
		case "take-snapshot":
			if (!w.members.some((m, s) => m && !m.learner && isUp(w, s))) return undefined;
			return {
				...w,
				notes: { ...notes, snapshot: true, rolling: step.rolling ?? notes.rolling },
				file: true,
				snapshotTaken: true,
			};
		case "create-volume":
			if (w.volumes[slot] !== "none") return undefined;
			return { ...w, notes: withMade(notes, slot), volumes: put(w.volumes, slot, "available" as const) };
		case "fence":
			return {
				...w,
				notes: { ...notes, joining: slot, rolling: undefined },
				template: joinOf(slot),
				partition: held(step.partition),
				observed: false,
			};
		case "add-learner":
			return addMember(w, slot, { learner: true, started: false });
		case "raise-replicas":
		case "lower-replicas": {
			const lowered = step.kind === "lower-replicas" ? { ...notes, leaving: step.replicas } : notes;
			return { ...w, notes: lowered, replicas: step.replicas, observed: false };
		}
		case "restore-template":
			return {
				...w,
				notes: { ...notes, joining: undefined },
				template: notes.template,
				partition: held(step.partition),
				observed: false,
			};
		case "restart-pod": {
			const pod = w.pods[slot];
			if (gone || !pod || pod.terminating) return undefined;
			const flaw = pod.before && !rollsPods(setup) ? `pod ${slot}, which was there before, is restarted` : w.flaw;
			return { ...w, pods: put(w.pods, slot, { ...pod, terminating: true }), flaw };
		}
		case "name-members":
		case "unname-members":
		case "roll-pod": {
			const named = step.kind === "roll-pod" ? notes.named : step.kind === "name-members";
			const template = step.kind === "roll-pod" ? w.template : named ? NAMED : ORIGINAL;
			const rolling = step.kind === "roll-pod" ? (notes.rolling ?? "forth") : named ? "forth" : "back";
			const noted: Notes = { ...notes, template, named, rolling, proven: undefined, voters: votersOf(w) };
			return { ...w, notes: noted, template, partition: held(step.partition), observed: false, unproven: true };
		}
		case "promote":
			return gone ? undefined : promoteMember(w, slotOf(step.memberId));
		case "prove":
			if (!w.members.every((m, s) => m === undefined || isUp(w, s)) || w.stranger !== "none") return undefined;
			return {
				...w,
				notes: {
					...notes,
					proven: step.voters,
					leaving: notes.leaving !== undefined && w.members[notes.leaving] ? undefined : notes.leaving,
				},
				unproven: false,
			};
		case "move-leader":
			return moveLeader(w, slot, slotOf(step.target));
		case "note-leaving":
			return { ...w, notes: { ...notes, leaving: slot } };
		case "remove-member": {
			if (gone) return undefined;
			if (step.replicas === undefined) return removeMember(w, slotOf(step.memberId));
			if (stale || w.deleting) return undefined;
			const removed = removeMember(w, slotOf(step.memberId));
			const pod = removed?.pods[slot];
			if (!removed) return undefined;
			const pods = pod ? put(removed.pods, slot, { ...pod, terminating: true }) : removed.pods;
			return { ...removed, pods, notes: { ...notes, leaving: slot }, replicas: step.replicas, observed: false };
		}
		case "empty-volume":
			if (w.cleaners[slot] !== "none") return undefined;
			return { ...w, cleaners: put(w.cleaners, slot, "running" as const) };
		case "delete-claim": {
			const claim = w.claims[slot];
			return {
				...w,
				cleaners: put(w.cleaners, slot, "none" as const),
				claims: claim === "none" ? w.claims : put(w.claims, slot, "terminating" as const),
			};
		}
		case "delete-volume": {
			const named = Number(step.volume.split("-").at(-1)) - first;
			return w.volumes[named] === "none" ? undefined : { ...w, volumes: put(w.volumes, named, "none" as const) };
		}
		case "restore-strategy":
			return { ...w, notes: undefined, partition: notes.partition, observed: false };
	}
}

const withMade = (notes: Notes, slot: number): Notes => ({
	...notes,
	made: [...new Set([...notes.made, slot])].sort((a, b) => a - b),
});

/** Half of a step that takes two requests, where the tool died between them. */
export function halfOf(w: World, setup: Setup, step: Step, { stale, gone }: Meant): World | undefined {
	if (step.kind === "remove-member" && step.replicas !== undefined)
		return gone ? undefined : removeMember(w, slotOf(step.memberId));
	if (step.kind !== "delete-claim" && step.kind !== "create-volume") return undefined;
	const slot = step.ordinal - (setup.firstOrdinal ?? 0);
	if (step.kind === "create-volume") return stale || !w.notes ? undefined : { ...w, notes: withMade(w.notes, slot) };
	return w.cleaners[slot] === "none" ? undefined : { ...w, cleaners: put(w.cleaners, slot, "none" as const) };
}
