import { nodeOf } from "./folders.ts";
import { rollsPods, type Setup } from "./setup.ts";
import { isApart, isJoin, type Pod, put, settledLeader, type Template, type World } from "./world.ts";

/** What the readiness probe says of the pod in this slot. One on a join profile waits for a gate that nobody opens. */
export function isReady(w: World, setup: Setup, slot: number): boolean {
	const pod = w.pods[slot];
	const member = w.members[slot];
	if (isApart(w, slot)) return true;
	if (!pod || !member || pod.terminating || pod.stage !== "current" || nodeOf(w, slot) !== "up") return false;
	if (slot === 0 && w.twin === "alone") return true;
	if (isJoin(pod.template) || w.leader === undefined) return false;
	return !member.learner || setup.readyAsLearner === true;
}

/** The revision that a pod is made from: below the partition the current one, above it the newest; with OnDelete always the newest. */
function revisionFor(w: World, setup: Setup, slot: number): Template {
	return setup.strategy !== "OnDelete" && slot < w.partition ? w.currentRevision : w.template;
}

/**
 * One round of the StatefulSet controller: it makes what is missing from the lowest ordinal on, ends what is too much from the highest
 * down, restarts at most one pod that is not of the newest revision, and writes its status. Undefined: there is nothing to do.
 */
export function syncStatefulSet(w: World, setup: Setup): World | undefined {
	// of one that is being deleted it keeps the status, and no more
	if (w.deleting) return w.observed ? undefined : { ...w, observed: true, updateRevision: w.template };
	const ordered = setup.policy === "OrderedReady";
	let pods = w.pods;
	let claims = w.claims;
	let flaw = w.flaw;
	const end = () => {
		const status = finish(settledLeader({ ...w, pods, claims, flaw }), setup);
		const same = pods === w.pods && claims === w.claims && status.currentRevision === w.currentRevision;
		return same && w.observed && w.updateRevision === w.template ? undefined : status;
	};
	for (let slot = 0; slot < w.replicas; slot++) {
		const pod = pods[slot];
		if (!pod) {
			if (claims[slot] === "terminating") {
				if (ordered) return end();
				continue;
			}
			if (setup.volumes !== "none" && claims[slot] === "none") claims = put(claims, slot, "pending");
			const made: Pod = {
				template: revisionFor(w, setup, slot),
				stage: "pending",
				terminating: false,
				before: false,
				again: false,
			};
			pods = put(pods, slot, made);
			if (ordered) return end();
		} else if (ordered && (pod.terminating || !isReady(w, setup, slot))) return end();
	}
	for (let slot = pods.length - 1; slot >= w.replicas; slot--) {
		const pod = pods[slot];
		if (!pod) continue;
		if (!pod.terminating) pods = put(pods, slot, pod.stage === "pending" ? undefined : { ...pod, terminating: true });
		if (ordered) return end();
	}
	if (setup.strategy === "OnDelete") return end();
	for (let slot = w.replicas - 1; slot >= w.partition; slot--) {
		const pod = pods[slot];
		if (!pod) return end();
		if (pod.template !== w.template && !pod.terminating) {
			if (
				pod.before &&
				!rollsPods(setup) &&
				!w.lasting.includes("edit-template") &&
				!w.lasting.includes("edit-strategy")
			)
				flaw = `the controller restarts pod ${slot}, which was there before and was not to be touched`;
			pods = put(pods, slot, pod.stage === "pending" ? undefined : { ...pod, terminating: true });
			return end();
		}
		if (!isReady(w, setup, slot)) return end();
	}
	return end();
}

/** Its status: the newest generation taken up, and the current revision moved on once every pod is of the newest and Ready. */
function finish(w: World, setup: Setup): World {
	let settled = setup.strategy !== "OnDelete" && w.currentRevision !== w.template;
	for (let slot = 0; settled && slot < w.replicas; slot++)
		settled = w.pods[slot]?.template === w.template && isReady(w, setup, slot);
	return {
		...w,
		observed: true,
		updateRevision: w.template,
		currentRevision: settled ? w.template : w.currentRevision,
	};
}
