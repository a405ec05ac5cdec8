import type { Step } from "../step.ts";
import { addMember, moveLeader, promoteMember, removeMember } from "./etcd.ts";
import { slotOf } from "./ids.ts";
import { claimUid, LATER, nodeNumber, volumeUid } from "./names.ts";
import { rollsPods, type Setup } from "./setup.ts";
import { cleanersOf, type Expects, withCleaner, withoutCleaner } from "./visits.ts";
import { numberIn, slotOfVolume, volumeGone } from "./volumes.ts";
import {
	followed,
	isAnswering,
	isUp,
	joinOf,
	type Leaving,
	NAMED,
	type Notes,
	ORIGINAL,
	put,
	votersOf,
	type Wish,
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

/** Steps before which each member that stays shows that it has the keys that the run recorded. */
const COUNTS_KEYS: ReadonlySet<Step["kind"]> = new Set<Step["kind"]>([
	"prove",
	"lower-replicas",
	"remove-member",
	"empty-volume",
	"delete-claim",
	"delete-volume",
	"restore-strategy",
]);

/** One of them does not have them: the step is refused, and nothing changes. */
export const isUncounted = (w: World, step: Step): boolean =>
	COUNTS_KEYS.has(step.kind) && w.twin !== "none" && isAnswering(w, 0);

interface Meant {
	readonly expects?: Expects | undefined;
	readonly wish: Wish;
	/** the StatefulSet was changed since the step was decided */
	readonly stale: boolean;
	/** the pod or the member that was meant is no more */
	readonly gone: boolean;
}

/** The world once the step has taken effect; undefined: the step is refused, and nothing changes. Knows nothing of `applyStep`. */
export function effectOf(w: World, setup: Setup, step: Step, { stale, gone, expects, wish }: Meant): World | undefined {
	if (isUncounted(w, step)) return undefined;
	const writes = WRITES_SET.has(step.kind) || (step.kind === "delete-claim" && step.emptied !== undefined);
	if (writes && (stale || w.deleting)) return undefined;
	const first = setup.firstOrdinal ?? 0;
	const found: Notes = followed(w) ?? {
		from: w.replicas,
		voters: votersOf(w),
		template: w.template,
		partition: w.partition,
		joining: undefined,
		rolling: undefined,
		named: false,
		leaving: undefined,
		left: [],
		snapshot: false,
		proven: undefined,
		made: [],
		emptied: [],
		goal: wish,
	};
	// a run writes down what it is to reach before its first change
	const notes: Notes = { ...found, goal: wish };
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
				notes: withMade(notes, slot),
				volumes: put(w.volumes, slot, "available" as const),
				numbers: put(w.numbers, slot, numberIn(step.volume.name) - first),
				bound: put(w.bound, slot, nodeNumber(step.volume.node)),
				at: put(w.at, slot, Math.max(0, nodeNumber(step.volume.node))),
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
					leaving: notes.leaving && w.members[notes.leaving.slot] ? undefined : notes.leaving,
					left: notes.left.filter(({ slot }) => !w.members[slot]),
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
		case "empty-volume": {
			const task = step.kind === "empty-volume" ? "empty" : "look";
			const there = cleanersOf(w, slot).some((cleaner) => cleaner.task === task);
			if (there || !expects || w.claims[slot] === "none") return undefined;
			const node = nodeNumber(step.node);
			return {
				...w,
				cleaners: withCleaner(w, slot, { task, phase: "running", node, expects, report: "none" }),
			};
		}
		case "place-volume":
			if (w.bound[slot] !== -1 || step.uid !== volumeUid(w, setup, slot)) return undefined;
			return { ...w, bound: put(w.bound, slot, nodeNumber(step.node)) };
		case "remove-cleaner": {
			const visited = Number(step.pod.split("-").at(-1)) - first;
			return { ...w, cleaners: withoutCleaner(w, visited, step.pod.includes("-look-") ? "look" : "empty") };
		}
		case "delete-claim": {
			const half = claimLetGo(w, setup, step);
			const meant = step.uid === claimUid(w, setup, slot);
			return { ...half, claims: meant ? put(w.claims, slot, "terminating" as const) : w.claims };
		}
		case "delete-volume": {
			const named = slotOfVolume(w, step.volume, first);
			if (named < 0 || w.volumes[named] === "none" || step.uid !== volumeUid(w, setup, named)) return undefined;
			return volumeGone(w, named);
		}
		case "restore-strategy":
			return { ...w, notes: undefined, said: "nothing", partition: notes.partition, observed: false };
	}
}

/** What is noted of one that leaves, while it is there to be seen; once. Who left before stays noted until its claim is gone. */
function withLeaving(w: World, before: Notes, slot: number): Notes {
	const count = votersOf(w);
	const came = (before.proven ?? before.voters) < count;
	const notes = came ? { ...before, proven: undefined, voters: count } : before;
	return withNoted(w, notes, slot);
}

function withNoted(w: World, notes: Notes, slot: number): Notes {
	const before = [...(notes.leaving && notes.leaving.claim !== "none" ? [notes.leaving] : []), ...notes.left];
	const left = before.filter((one) => one.slot !== slot && !w.members[one.slot]);
	if (notes.leaving?.slot === slot) return { ...notes, left };
	const known = notes.left.find((one) => one.slot === slot && !w.members[slot]);
	if (known) return { ...notes, leaving: known, left };
	const pod = w.pods[slot];
	const member = w.members[slot];
	const claim = w.claims[slot] === "none" ? "none" : w.firstClaims & (1 << slot) ? "first" : "later";
	const leaving: Leaving = {
		slot,
		node: pod && pod.stage !== "pending" ? (w.at[slot] ?? -1) : -1,
		learner: member?.learner === true,
		unused: pod?.stage === "pending" && member?.started === false,
		claim,
	};
	return { ...notes, leaving, left };
}

/** That the volume is empty is noted, and the pods that mount the claim are deleted; the claim is still there. */
function claimLetGo(w: World, setup: Setup, step: Extract<Step, { kind: "delete-claim" }>): World {
	const slot = step.ordinal - (setup.firstOrdinal ?? 0);
	const cleaners = withoutCleaner(w, slot);
	if (!step.emptied || !w.notes) return { ...w, cleaners };
	const emptied = 2 * slot + (step.emptied.uid.endsWith(LATER) ? 1 : 0);
	const all = [...new Set([...w.notes.emptied, emptied])].sort((a, b) => a - b);
	return { ...w, cleaners, notes: { ...w.notes, emptied: all } };
}

/** What is noted already: a request that lands late notes nothing else. */
export const wishOf = (w: World): Wish =>
	w.notes?.goal ?? { replicas: w.goal, ...w.flags, takesBack: w.aborted, nodes: [] };

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
	if (step.emptied && (stale || !w.notes)) return undefined;
	return claimLetGo(w, setup, step);
}
