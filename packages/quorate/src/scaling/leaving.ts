import {
	type ApartPod,
	type ClusterView,
	isHealthy,
	type MemberView,
	type PodView,
	podAt,
	podName,
	quorum,
	voters,
} from "../cluster/cluster-view.ts";
import { apartText } from "../cluster/histories.ts";
import { blocked, step, wait } from "./decision.ts";
import type { Goal } from "./goal.ts";
import { lookingInto, placing } from "./inspecting.ts";
import { isNoted } from "./leaving-record.ts";
import { isStatic, staticVolume } from "./static-volumes.ts";
import type { Decision, Wait } from "./step.ts";

/**
 * One member fewer: leadership moved off it, replicas − 1, and as soon as its pod is ending, taken out of the cluster. Not before: some
 * images add themselves again when their container restarts, and a pod that is ending is not restarted.
 */
export function leaving(view: ClusterView, goal: Goal): Decision {
	const set = view.statefulSet;
	const count = voters(view).length;
	const ordinal = set.firstOrdinal + count - 1;
	const name = podName(set, ordinal);
	const victim = voters(view).find((member) => member.ordinal === ordinal);
	const staying = voters(view).filter((member) => member !== victim);
	if (!victim)
		return blocked(
			"MemberMissing",
			`${name} is not a member of the cluster`,
			"see the member list: etcdctl member list",
		);
	if (staying.filter(isHealthy).length < quorum(staying.length))
		return blocked(
			"WouldLoseQuorum",
			`without ${name} only ${staying.filter(isHealthy).length} of ${staying.length} voters would be healthy; quorum is ${quorum(staying.length)}`,
			"bring the other members up first",
		);
	if (set.replicas === count) {
		const unprepared = preparing(view, goal, ordinal);
		if (unprepared) return unprepared;
		if (victim.id === view.etcd.leader) return step({ kind: "move-leader", ordinal, target: successor(staying).id });
		// two are quorum only together: the second must agree to its own leaving while it still runs
		if (count === 2) {
			if (isNoted(view, ordinal)) return step({ kind: "remove-member", ordinal, memberId: victim.id, replicas: 1 });
			return step({ kind: "note-leaving", ordinal });
		}
		return step({ kind: "lower-replicas", replicas: count - 1 });
	}
	// someone else lowered the replicas: what it leaves is cleared by what can still be known of it
	if (!isNoted(view, ordinal)) return step({ kind: "note-leaving", ordinal });
	const pod = podAt(view, ordinal);
	if (pod && !pod.terminating) return wait(untilEnding(view, ordinal));
	return step({ kind: "remove-member", ordinal, memberId: victim.id });
}

/** Its data is known, and can be emptied, before it leaves. */
function preparing(view: ClusterView, goal: Goal, ordinal: number): Decision | undefined {
	const set = view.statefulSet;
	if (!goal.keepVolumes && set.deletesClaims && view.storage.some(isStatic))
		return blocked(
			"ClaimsDeletedByController",
			`${set.name} deletes claims itself when it is scaled down (persistentVolumeClaimRetentionPolicy.whenScaled is Delete), before their static volumes can be emptied`,
			`let it keep them: kubectl patch sts ${set.name} -n ${set.namespace} -p '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Retain"}}}'; or leave the data where it is: --keep-volumes`,
		);
	return (goal.keepVolumes ? undefined : lookingInto(view, ordinal)) ?? placing(view, ordinal);
}

/**
 * Pods without a member. Where one voter is left, an image that adds its own to the list and is then taken away would leave it
 * without quorum for good: its container must have ended, and not be about to start. One that runs a cluster of its own, to which the Service
 * sends clients as well, adds itself to no other.
 */
export function sendingAway(view: ClusterView): Decision {
	const set = view.statefulSet;
	const { length: count } = view.etcd.members;
	const lower = step({ kind: "lower-replicas", replicas: count });
	const apart = view.etcd.apart?.find(({ ordinal = -1 }) => ordinal >= set.firstOrdinal + count);
	if (apart) return staysAfter(view, apart) ? lower : notSaved(view, apart, count);
	if (voters(view).length !== 1) return lower;
	const ready = (pod: PodView) => view.nodes.find(({ name }) => name === pod.node)?.ready !== false;
	const pod = view.pods.find((one) => one.ordinal >= set.firstOrdinal + count && one.node && ready(one));
	if (!pod || pod.backingOff) return lower;
	return wait({
		kind: "pod-stopped",
		ordinal: pod.ordinal,
		reason: `${pod.name} has left the cluster, but its image may add it again until its container has stopped`,
		hint: `kubectl describe pod ${pod.name} -n ${set.namespace}; where its container does not end by itself: kubectl delete pod ${pod.name} -n ${set.namespace}`,
	});
}

/**
 * What clients wrote to that pod is in its one volume, a static one: the log in it says whose data it is, and no other data than that of the
 * member that left is emptied. With a second volume for the log, the one with the database would be emptied without that.
 */
function staysAfter(view: ClusterView, { ordinal }: ApartPod): boolean {
	const [claim, second] = view.claims.filter((one) => one.ordinal === ordinal);
	if (view.statefulSet.deletesClaims || view.storage.length !== 1 || !claim || second) return false;
	return staticVolume(view, claim) !== undefined;
}

function notSaved({ statefulSet: { name, namespace } }: ClusterView, apart: ApartPod, count: number): Decision {
	const { pod } = apart;
	return blocked(
		"PodRunsOwnCluster",
		`${pod} has left the cluster, and its etcd began one of its own (${apartText(apart)}); what clients wrote to that one would be lost with the pod`,
		`save it first, if anyone needs it: quorate snapshot save ${pod}.db sts/${name} -n ${namespace} --pod ${pod}; then send the pod away, and run the same command again: kubectl scale sts ${name} -n ${namespace} --replicas=${count}`,
	);
}

/** A learner that is not wanted after all: the same order, but nobody's agreement is needed, for it has no vote. */
export function abandoning(view: ClusterView, learner: MemberView): Decision {
	const set = view.statefulSet;
	const count = voters(view).length;
	const ordinal = set.firstOrdinal + count;
	const pod = podAt(view, ordinal);
	if (set.replicas > count) return placing(view, ordinal) ?? step({ kind: "lower-replicas", replicas: count });
	if (pod && !pod.terminating) return wait(untilEnding(view, ordinal));
	return step({ kind: "remove-member", ordinal, memberId: learner.id });
}

function untilEnding(view: ClusterView, ordinal: number): Wait {
	const set = view.statefulSet;
	return {
		kind: "controller",
		ordinal,
		reason: `the StatefulSet controller has not begun to end pod ${podName(set, ordinal)}`,
		hint: `kubectl describe statefulset ${set.name} -n ${set.namespace}`,
	};
}

/** The least behind of those that stay, and of these the lowest ordinal, which stays longest. */
function successor(staying: readonly MemberView[]): MemberView {
	const [first, ...others] = staying.filter(isHealthy);
	if (!first) throw new RangeError("nobody stays");
	return others.reduce((best, member) => ((member.ordinal ?? 0) < (best.ordinal ?? 0) ? member : best), first);
}
