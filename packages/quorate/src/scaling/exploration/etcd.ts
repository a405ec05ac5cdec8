import { dataOf, isKeeping, withData } from "./folders.ts";
import { containerRuns, isUp, type Member, put, settledLeader, toleranceOf, type World } from "./world.ts";

/**
 * etcd's own rules for changing members: a leader with a quorum behind it. Its stricter check (all voters connected for five
 * seconds) is left out, for it may only refuse, and a refusal leaves the world as it is: our own guards must do without its help.
 */
export function addMember(w: World, slot: number, member: Member): World | undefined {
	if (w.leader === undefined || w.members[slot]) return undefined;
	if (member.learner && (w.stranger === "learner" || w.members.some((m) => m?.learner))) return undefined;
	return settledLeader({ ...w, members: put(w.members, slot, member) });
}

/** Its process ends, and what lies in its folder is nobody's now. The first time a container is started again at once. */
export function removeMember(w: World, slot: number): World | undefined {
	if (w.leader === undefined || !w.members[slot]) return undefined;
	const pod = w.pods[slot];
	const stage = pod?.again ? "backing-off" : "waiting";
	return settledLeader({
		...w,
		members: put(w.members, slot, undefined),
		pods: pod && containerRuns(pod) ? put(w.pods, slot, { ...pod, stage }) : w.pods,
		folders: dataOf(w, slot) === "own" ? withData(w, slot, isKeeping(w) ? "kept" : "stale") : w.folders,
		unproven: w.unproven || w.members[slot]?.learner === false,
		run: w.run.kind === "decided" && aims(w.run.step, slot) ? { ...w.run, gone: true } : w.run,
	});
}

/** etcd's own test is 90 % of the leader's log: it lets pass what is not caught up. */
export function promoteMember(w: World, slot: number): World | undefined {
	const member = w.members[slot];
	if (w.leader === undefined || !member?.learner || !isUp(w, slot)) return undefined;
	return settledLeader({ ...w, members: put(w.members, slot, { ...member, learner: false }), unproven: true });
}

export function moveLeader(w: World, from: number, to: number): World | undefined {
	if (w.leader !== from || w.members[to]?.learner !== false || !isUp(w, to)) return undefined;
	return { ...w, leader: to };
}

/** Who may be elected. Those between the lowest and the highest are like the lowest: nothing depends on which of them leads. */
export function candidates(w: World): number[] {
	if (w.leader !== undefined || toleranceOf(w) < 0) return [];
	const up = w.members.flatMap((m, slot) => (m && !m.learner && isUp(w, slot) ? [slot] : []));
	return [...new Set([up[0], up.at(-1)])].filter((slot) => slot !== undefined);
}

const aims = (step: { kind: string; ordinal?: number }, slot: number): boolean => step.ordinal === slot;
