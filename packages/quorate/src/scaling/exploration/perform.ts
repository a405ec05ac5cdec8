import type { Step } from "../step.ts";
import { addMember, moveLeader, promoteMember, removeMember } from "./etcd.ts";
import { slotOf } from "./see.ts";
import { rollsPods, type Setup } from "./setup.ts";
import {
	type Cleaner,
	followed,
	isUp,
	joinOf,
	NAMED,
	type Notes,
	ORIGINAL,
	put,
	votersOf,
	type World,
} from "./world.ts";

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

const EMPTYING: ReadonlySet<Cleaner> = new Set<Cleaner>(["running", "succeeded", "failed"]);

interface Meant {
	/** the StatefulSet was changed since the step was decided */
	readonly stale: boolean;
	/** the pod or the member that was meant is no more */
	readonly gone: boolean;
}

/** The world once the step has taken effect; undefined: the step is refused, and nothing changes. Knows nothing of `applyStep`. */
export function effectOf(w: World, setup: Setup, step: Step, { stale, gone }: Meant): World | undefined {
	const writes = WRITES_SET.has(step.kind) || (step.kind === "delete-claim" && step.emptied !== undefined);
	if (writes && (stale || w.deleting)) return undefined;
	const first = setup.firstOrdinal ?? 0;
	const notes: Notes = followed(w) ?? {
		from: w.replicas,
		voters: votersOf(w),
		template: w.template,
		partition: w.partition,
		joining: undefined,
		rolling: undefined,
		named: false,
		leaving: undefined,
		located: false,
		unused: false,
		snapshot: false,
		proven: undefined,
		made: [],
		emptied: [],
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
			return {
				...w,
				// another volume, which nobody has emptied
				notes: { ...withMade(notes, slot), emptied: notes.emptied.filter((s) => s !== slot) },
				volumes: put(w.volumes, slot, "available" as const),
				placed: put(w.placed, slot, true),
			};
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
			const lowered = step.kind === "lower-replicas" ? withLeaving(w, notes, step.replicas) : notes;
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
			return { ...w, notes: withLeaving(w, notes, slot) };
		case "remove-member": {
			if (gone) return undefined;
			if (step.replicas === undefined) return removeMember(w, slotOf(step.memberId));
			if (stale || w.deleting) return undefined;
			const removed = removeMember(w, slotOf(step.memberId));
			const pod = removed?.pods[slot];
			if (!removed) return undefined;
			const pods = pod ? put(removed.pods, slot, { ...pod, terminating: true }) : removed.pods;
			return { ...removed, pods, notes: withLeaving(w, notes, slot), replicas: step.replicas, observed: false };
		}
		case "look-into-volume":
			if (w.cleaners[slot] !== "none") return undefined;
			return { ...w, cleaners: put(w.cleaners, slot, "looking" as const) };
		case "place-volume":
			return w.volumes[slot] === "none" ? undefined : { ...w, placed: put(w.placed, slot, true) };
		case "remove-cleaner":
			return { ...w, cleaners: put(w.cleaners, Number(step.pod.split("-").at(-1)) - first, "none" as const) };
		case "empty-volume":
			// the pod that looks has another name, and is of no matter any more
			if (EMPTYING.has(w.cleaners[slot] ?? "none")) return undefined;
			return { ...w, cleaners: put(w.cleaners, slot, "running" as const) };
		case "delete-claim": {
			const claim = w.claims[slot];
			return {
				...w,
				...(step.emptied ? { notes: withEmptied(notes, slot) } : {}),
				cleaners: put(w.cleaners, slot, "none" as const),
				claims: claim === "none" ? w.claims : put(w.claims, slot, "terminating" as const),
			};
		}
		case "delete-volume": {
			const named = Number(step.volume.split("-").at(-1)) - first;
			if (w.volumes[named] === "none") return undefined;
			return { ...w, volumes: put(w.volumes, named, "none" as const), placed: put(w.placed, named, false) };
		}
		case "restore-strategy":
			return { ...w, notes: undefined, partition: notes.partition, observed: false };
	}
}

/** What is noted of one that leaves, while its pod is there to be seen; once. */
function withLeaving(w: World, notes: Notes, slot: number): Notes {
	const pod = w.pods[slot];
	const member = w.members[slot];
	// a learner is another one than the voter that left before
	if (notes.leaving === slot && !member?.learner) return notes;
	return {
		...notes,
		leaving: slot,
		located: pod !== undefined && pod.stage !== "pending",
		unused: pod?.stage === "pending" && member?.started === false,
	};
}

const withEmptied = (notes: Notes, slot: number): Notes => ({
	...notes,
	emptied: [...new Set([...notes.emptied, slot])].sort((a, b) => a - b),
});

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
	if (w.cleaners[slot] === "none" || (step.emptied && (stale || !w.notes))) return undefined;
	const noted = step.emptied && w.notes ? { notes: withEmptied(w.notes, slot) } : {};
	return { ...w, ...noted, cleaners: put(w.cleaners, slot, "none" as const) };
}
