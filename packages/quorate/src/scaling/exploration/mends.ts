import { removeMember } from "./etcd.ts";
import { dataOf } from "./folders.ts";
import { pasted } from "./hints.ts";
import { type Happening, nodeBack } from "./kubelet.ts";
import type { Setup } from "./setup.ts";
import { withoutCleaner } from "./visits.ts";
import { volumeGone } from "./volumes.ts";
import { isJoin, membersOf, put, quorumOf, settledLeader, votersOf, type World } from "./world.ts";

/** Refusals that end the matter: what was lost is another task than scaling. */
export function isFinal(w: World, reason: string): boolean {
	const last = w.members.findLastIndex((member) => member !== undefined);
	return reason === "StatefulSetDeleted" || (reason === "MemberMissing" && w.members.indexOf(undefined) < last);
}

/** Nobody leads, so no pod is Ready, so an ordered controller makes none anew: the cluster's own deadlock, with or without a tool. */
export const isDeadlocked = (w: World, setup: Setup): boolean =>
	setup.policy === "OrderedReady" && w.leader === undefined;

/**
 * The StatefulSet goes; or voters that can never come up again, for someone took their data or they never had any, and too few others. The last
 * one, which is to leave, can leave without its data.
 */
export function isLost(w: World): boolean {
	if (w.deleting || w.twin !== "none") return true;
	const folders = w.members.filter((m, slot) => m && !m.learner && dataOf(w, slot) === "own").length;
	const last = w.goal < votersOf(w) ? votersOf(w) - 1 : -1;
	return (
		folders < quorumOf(votersOf(w)) ||
		w.members.some((m, slot) => m?.started && slot !== last && dataOf(w, slot) !== "own")
	);
}

/** What a person does who reads the refusal and follows its hint: what it prints, to the letter; else what it says in words. */
export function mends(
	w: World,
	setup: Setup,
	{ reason, hint }: { reason: string; hint: string },
): readonly Happening[] {
	const printed = [...pasted(w, setup, hint)];
	// to bring a pod back is more than any command does, and who changed the template may put it back
	const byHand = printed.length === 0 || /^bring \S+ back/.test(hint) || reason === "TemplateChanged";
	const understood = byHand ? mend(w, setup, reason) : undefined;
	return understood ? [...printed, understood] : printed;
}

/** Undefined: the hint helps with nothing that is the matter. */
function mend(w: World, setup: Setup, reason: string): Happening | undefined {
	const edit = (change: Partial<World>): World => ({ ...w, ...change, observed: false, run: { kind: "off" } });
	switch (reason) {
		case "ForeignMember":
			return { label: "MEND the foreign member is removed", world: settledLeader({ ...w, stranger: "none" }) };
		case "UnstartedVoter":
			return removal(w, (m) => !m.learner && !m.started);
		case "ForeignLearner":
		case "SeveralLearners":
			return w.stranger === "learner"
				? { label: "MEND the foreign learner is removed", world: { ...w, stranger: "none" } }
				: removal(w, (m) => m.learner);
		case "AlarmRaised":
			return { label: "MEND the alarm is disarmed", world: { ...w, alarm: false } };
		case "TemplateChanged":
			return w.notes && { label: "MEND the template is put back", world: edit({ template: w.notes.template }) };
		case "ReplicasWithoutMembers":
			return { label: `MEND scaled to ${membersOf(w)}`, world: edit({ replicas: membersOf(w) }) };
		case "MembersWithoutReplicas":
			return { label: `MEND scaled to ${votersOf(w)}`, world: edit({ replicas: votersOf(w) }) };
		case "VolumeNotEmptied": {
			const slot = w.cleaners.findIndex((cleaners) => cleaners.length > 0);
			return slot < 0
				? undefined
				: { label: `MEND volume ${slot} is emptied by hand, and deleted`, world: emptied(w, slot) };
		}
		case "check:storage-ready":
		case "StaleClaim":
		case "StaleVolume": {
			const slot = w.pods.findIndex(
				(_, s) => !w.members[s]?.started && !w.pods[s] && (w.claims[s] !== "none" || w.volumes[s] === "released"),
			);
			return slot < 0 ? undefined : { label: `MEND claim ${slot} and its volume are deleted`, world: emptied(w, slot) };
		}
	}
	if (reason === "RolloutUnfinished" && setup.strategy !== "OnDelete" && w.partition > 0)
		return { label: "MEND the partition is set to 0", world: edit({ partition: 0 }) };
	if (reason === "RolloutUnfinished" || reason === "check:statefulset-settled") {
		const old = w.pods.findIndex((pod) => pod && pod.template !== w.template && !pod.terminating);
		return old < 0 ? undefined : { label: `MEND pod ${old} is deleted`, world: deleted(w, old) };
	}
	if (reason === "RestartWouldLoseQuorum") {
		const joined = w.pods.findIndex((pod) => pod && isJoin(pod.template) && !pod.terminating);
		return joined < 0 ? undefined : { label: `MEND pod ${joined} is deleted`, world: deleted(w, joined) };
	}
	const gone = w.nodes.indexOf("gone");
	if (gone >= 0) return { label: `MEND node ${gone} is brought back`, world: nodeBack(w, setup, gone) };
	const podless = w.members.findIndex((m, slot) => m && !m.learner && slot >= w.replicas);
	if (podless >= 0 && w.leader === undefined)
		return { label: `MEND scaled to ${podless + 1}`, world: edit({ replicas: podless + 1 }) };
	return undefined;
}

const deleted = (w: World, slot: number): World => {
	const pod = w.pods[slot];
	return pod ? settledLeader({ ...w, pods: put(w.pods, slot, { ...pod, terminating: true }) }) : w;
};

function removal(w: World, which: (member: { learner: boolean; started: boolean }) => boolean): Happening | undefined {
	const slot = w.members.findIndex((m) => m !== undefined && which(m));
	const world = removeMember(w, slot);
	return world && { label: `MEND member ${slot} is removed`, world: { ...world, unproven: w.unproven } };
}

const emptied = (w: World, slot: number): World => ({
	...volumeGone(w, slot),
	claims: put(w.claims, slot, "none" as const),
	folders: w.folders.filter(({ of }) => of !== slot || w.members[of] !== undefined),
	cleaners: withoutCleaner(w, slot),
});
