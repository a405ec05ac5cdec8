import {
	type ClusterView,
	isCaughtUp,
	type MemberView,
	memberAt,
	originalRevision,
	podAt,
	podName,
	voters,
} from "../cluster/cluster-view.ts";
import { joinTemplate } from "../cluster/join-profile.ts";
import { joinerAt } from "../cluster/start/joiner.ts";
import { blocked, step, untilReady, wait } from "./decision.ts";
import type { Goal } from "./goal.ts";
import { placing } from "./inspecting.ts";
import { localPeer } from "./local-peer.ts";
import { restoring, rollingBack } from "./restoring.ts";
import { startObstacle } from "./start-obstacle.ts";
import type { Decision } from "./step.ts";
import { volumesFor } from "./volumes.ts";

/** No learner, more members wanted: prepare the next ordinal and add it. */
export function growing(view: ClusterView, goal: Goal): Decision {
	const set = view.statefulSet;
	const count = voters(view).length;
	const ordinal = set.firstOrdinal + count;
	const local = localPeer(view);
	if (local) return { kind: "blocked", blocked: local };
	const back = rollingBack(view);
	if (back) return back;
	// an ordered controller makes no new pod while an earlier one is not Ready, and one on a join profile never is
	if (set.podManagementPolicy === "OrderedReady" && set.record?.joining !== ordinal) {
		const unfinished = restoring(view) ?? untilReady(view);
		if (unfinished) return unfinished;
	}
	const volumes = volumesFor(view, ordinal, goal);
	if (volumes.kind === "blocked") return { kind: "blocked", blocked: volumes.blocked };
	const volume = volumes.missing[0];
	if (volume) return step({ kind: "create-volume", ordinal, volume });
	if (set.templateState !== "joining" || set.record?.joining !== ordinal) return fence(view, ordinal);
	const joiner = joinerAt(view, ordinal);
	if (!("peerURLs" in joiner)) return { kind: "blocked", blocked: joiner };
	return step({ kind: "add-learner", ordinal, peerURLs: joiner.peerURLs });
}

/** A learner of ours is in the list: bring it up, give it the original template back, let it vote. */
export function joining(view: ClusterView, learner: MemberView): Decision {
	const set = view.statefulSet;
	const count = voters(view).length;
	const ordinal = set.firstOrdinal + count;
	const name = podName(set, ordinal);
	const describe = `kubectl describe pod ${name} -n ${set.namespace}`;
	const fenced = set.templateState === "joining" && set.record?.joining === ordinal;
	const pod = podAt(view, ordinal);
	// without data the original start-up would decide by itself how to join
	if (learner.name === "" && !fenced) return fence(view, ordinal);
	if (set.replicas === count) {
		if (pod) return wait({ kind: "pod-gone", ordinal, reason: `pod ${name} is still ending`, hint: describe });
		return step({ kind: "raise-replicas", replicas: count + 1 });
	}
	if (!pod || pod.terminating)
		return wait({
			kind: pod ? "pod-gone" : "pod-scheduled",
			ordinal,
			reason: pod ? `pod ${name} is ending` : `pod ${name} is not made yet`,
			hint: `kubectl describe statefulset ${set.name} -n ${set.namespace}`,
		});
	// made while the template was another one, it would never join; an ordered controller leaves it so
	if (learner.name === "" && pod.revision !== set.updateRevision)
		return step({ kind: "restart-pod", ordinal, uid: pod.uid });
	if (pod.node === undefined)
		return wait({
			kind: "pod-scheduled",
			ordinal,
			reason: pod.trouble ?? `pod ${name} has no node yet`,
			hint: describe,
		});
	if (!pod.running)
		return wait({
			kind: "pod-running",
			ordinal,
			reason: pod.trouble ?? `the etcd container of ${name} does not run yet`,
			hint: `${describe}; kubectl logs ${name} -n ${set.namespace}`,
		});
	if (learner.name === "")
		return wait({
			kind: "member-started",
			ordinal,
			reason: `${name} has not joined yet`,
			hint: `kubectl logs ${name} -n ${set.namespace}`,
		});
	// from here on there is data to lose: a pod that is made again must find it, not an empty folder on another node
	const loose = placing(view, ordinal);
	if (loose) return loose;
	if (!isCaughtUp(learner))
		return wait({
			kind: "caught-up",
			ordinal,
			reason:
				learner.lag === undefined
					? `etcd of ${name} does not answer yet`
					: `${name} has ${learner.lag} entries to apply`,
			hint: `kubectl logs ${name} -n ${set.namespace}`,
		});
	if (restoresAsLearner(view)) {
		if (set.templateState !== "original") return step({ kind: "restore-template", partition: set.replicas });
		const back = rollingBack(view);
		if (back?.kind === "step") return back;
		if (pod.revision !== originalRevision(view)) return step({ kind: "restart-pod", ordinal, uid: pod.uid });
	}
	return step({ kind: "promote", ordinal, memberId: learner.id });
}

/**
 * May the pod go back to the original template while its member is a learner? That is the safer order, for no voter is ever
 * restarted; but where the original's readiness probe passes on a learner, the Service would send it clients it turns away.
 * With a single voter there is no choice: restarting the second would lose quorum.
 */
export function restoresAsLearner(view: ClusterView): boolean {
	return !view.statefulSet.etcd.readyAsLearner || voters(view).length === 1;
}

function fence(view: ClusterView, ordinal: number): Decision {
	const set = view.statefulSet;
	const unknown = startObstacle(set);
	if (unknown) return { kind: "blocked", blocked: unknown };
	const joiner = joinerAt(view, ordinal);
	if (!("peerURLs" in joiner)) return { kind: "blocked", blocked: joiner };
	const added = memberAt(view, ordinal);
	const others = view.etcd.members.filter((member) => member !== added);
	const { name, peerURLs } = { ...joiner, ...(added ? { peerURLs: added.peerURLs } : {}) };
	const initialCluster = [...others.map(({ name, peerURLs }) => ({ name, peerURLs })), { name, peerURLs }];
	try {
		joinTemplate(set.record?.template ?? set.template, set.etcd, initialCluster);
	} catch (error) {
		return blocked(
			"CannotJoin",
			error instanceof Error ? error.message : String(error),
			"etcd must be configured by ETCD_* variables or by --initial-cluster flags in the container's command or args",
		);
	}
	return step({ kind: "fence", ordinal, partition: voters(view).length, initialCluster });
}
