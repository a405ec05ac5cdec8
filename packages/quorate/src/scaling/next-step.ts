import {
	type ClusterView,
	isCaughtUp,
	isHealthy,
	isLeaving,
	knowsNotOfVote,
	type MemberView,
	memberAt,
	originalRevision,
	podAt,
	podName,
	podsToRestart,
	tolerance,
	voters,
	withoutStayed,
} from "../cluster/cluster-view.ts";
import { joinTemplate, peerURLsFor } from "../cluster/join-profile.ts";
import type { ScalingRecord } from "../cluster/scaling-record.ts";
import { twoClustersHint } from "../cluster/two-clusters.ts";
import { clearing } from "./clearing.ts";
import { blocked, step, untilReady, wait } from "./decision.ts";
import type { Goal, RollOut } from "./goal.ts";
import { abandoning, leaving, sendingAway } from "./leaving.ts";
import { findObstacle } from "./obstacles.ts";
import { rolling } from "./rolling.ts";
import type { Decision, Wait } from "./step.ts";
import { volumesFor } from "./volumes.ts";

/**
 * The one decision: what is to be done next to bring this cluster to the goal. It looks at the view alone, never at what was
 * done before, so that a run which was killed anywhere goes on by deciding again.
 */
export function nextStep(view: ClusterView, goal: Goal): Decision {
	if (view.etcd.trouble !== undefined)
		return wait({
			kind: "voters-healthy",
			reason: view.etcd.trouble,
			hint: twoClustersHint(view) ?? "see the pods and their logs; nothing is changed until the members answer",
		});
	const obstacle = findObstacle(view, goal);
	if (obstacle) return { kind: "blocked", blocked: obstacle };
	const set = view.statefulSet;
	if (!set.observed)
		return wait({
			kind: "controller",
			reason: `the StatefulSet controller has not taken up the newest ${set.name} yet`,
			hint: "see whether kube-controller-manager runs: kubectl get pods -n kube-system",
		});
	const staying = voters(view).filter((member) => !isLeaving(view, member));
	const unwell = staying.filter((member) => !isHealthy(member));
	if (unwell.length > 0) return wait(untilHealthy(unwell));
	// a run of ours begins with it; where someone else began, it comes first all the same
	if (goal.snapshot && !set.record?.snapshot && isUnfinished(view)) return step({ kind: "take-snapshot" });
	const learner = view.etcd.members.find((member) => member.isLearner);
	if (learner) return goal.replicas > voters(view).length ? joining(view, learner) : abandoning(view, learner);
	// half-way out: nothing else before it is out
	if (set.replicas < voters(view).length) return leaving(view);
	if (set.replicas > view.etcd.members.length) return sendingAway(view);
	const behind = staying.filter((member) => !isCaughtUp(member));
	if (behind.length > 0) return wait(untilHealthy(behind));
	if (isUnproven(view, goal)) return step({ kind: "prove", voters: voters(view).length });
	const undone = set.record && !goal.rollOut ? unnaming(view, set.record) : undefined;
	if (undone) return undone;
	const beginning = voters(view).length !== goal.replicas;
	if (beginning && goal.snapshot && !(set.record?.snapshot && view.snapshotReadable))
		return step({ kind: "take-snapshot" });
	const leftovers = beginning || set.record ? clearing(view, goal) : undefined;
	if (leftovers) return leftovers;
	if (voters(view).length < goal.replicas) return growing(view, goal);
	if (voters(view).length > goal.replicas) return restoring(view) ?? leaving(view);
	return (goal.rollOut ? rollingOut(view, goal, goal.rollOut) : undefined) ?? finishing(view);
}

/** Members and replicas are not the same number: someone is half-way in or out. */
function isUnfinished(view: ClusterView): boolean {
	return view.statefulSet.replicas !== voters(view).length || view.etcd.members.length !== voters(view).length;
}

/** Voters came or went since the last proof, or since the beginning; one that was to leave may have gone and been added anew by its image. */
function isUnproven(view: ClusterView, goal: Goal): boolean {
	const { record } = view.statefulSet;
	if (!record) return false;
	const count = voters(view).length;
	if ((record.proven?.voters ?? record.voters ?? record.from) !== count) return true;
	return goal.replicas >= count && withoutStayed(view, record) !== record;
}

/** No learner, more members wanted: prepare the next ordinal and add it. */
function growing(view: ClusterView, goal: Goal): Decision {
	const set = view.statefulSet;
	const count = voters(view).length;
	const ordinal = set.firstOrdinal + count;
	const name = podName(set, ordinal);
	const back = rollingBack(view);
	if (back) return back;
	// an ordered controller makes no new pod while an earlier one is not Ready, and one on a join profile never is
	if (set.podManagementPolicy === "OrderedReady" && set.record?.joining !== ordinal) {
		const unfinished = restoring(view) ?? untilReady(view);
		if (unfinished) return unfinished;
	}
	const volumes = volumesFor(view, ordinal, goal.volumes);
	if (volumes.kind === "blocked") return { kind: "blocked", blocked: volumes.blocked };
	const volume = volumes.missing[0];
	if (volume) return step({ kind: "create-volume", ordinal, volume });
	if (set.templateState !== "joining" || set.record?.joining !== ordinal) return fence(view, ordinal);
	const peerURLs = peerURLsFor(name, view.etcd.members);
	return peerURLs ? step({ kind: "add-learner", ordinal, peerURLs }) : blockedPeerURLs(name);
}

/** A learner of ours is in the list: bring it up, give it the original template back, let it vote. */
function joining(view: ClusterView, learner: MemberView): Decision {
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
		if (set.templateState === "joining") return step({ kind: "restore-template", partition: set.replicas });
		const back = rollingBack(view);
		if (back?.kind === "step") return back;
		if (pod.revision !== originalRevision(view)) return step({ kind: "restart-pod", ordinal, uid: pod.uid });
	}
	return step({ kind: "promote", ordinal, memberId: learner.id });
}

/** No pod runs on a join profile any more before it begins; and a snapshot comes first. */
function rollingOut(view: ClusterView, goal: Goal, rollOut: RollOut): Decision | undefined {
	const set = view.statefulSet;
	if (set.templateState === "joining") return step({ kind: "restore-template", partition: set.replicas });
	const decision = rolling(view, rollOut);
	if (decision?.kind !== "step" || !goal.snapshot || (set.record?.snapshot && view.snapshotReadable)) return decision;
	return step({ kind: "take-snapshot", rolling: "forth" });
}

/** Members were named in the template, which is not wanted any more. */
function unnaming(view: ClusterView, record: ScalingRecord): Decision | undefined {
	if (record.unnamed) return step({ kind: "unname-members", partition: view.statefulSet.replicas });
	return record.rolling === "back" ? rolling(view, "template") : undefined;
}

/** As many voters as wanted: leave the StatefulSet as it was found. */
function finishing(view: ClusterView): Decision {
	const { record } = view.statefulSet;
	if (!record) return { kind: "done" };
	// members were restarted, and nobody has looked since
	const unproven = record.rolling && !record.proven;
	const proof = unproven ? step({ kind: "prove", voters: voters(view).length }) : undefined;
	return restoring(view) ?? untilReady(view) ?? proof ?? step({ kind: "restore-strategy" });
}

/** What is left to do until no pod runs on a join profile. */
function restoring(view: ClusterView): Decision | undefined {
	const set = view.statefulSet;
	if (!set.record) return undefined;
	if (set.templateState === "joining") return step({ kind: "restore-template", partition: set.replicas });
	const back = rollingBack(view);
	if (back) return back;
	const pod = podsToRestart(view)[0];
	if (!pod) return undefined;
	const ending = view.pods.find((other) => other.terminating || !other.running);
	if (ending)
		return wait({
			kind: "pod-running",
			ordinal: ending.ordinal,
			reason: ending.trouble ?? `pod ${ending.name} is being restarted`,
			hint: `kubectl describe pod ${ending.name} -n ${set.namespace}`,
		});
	// one voter restarts: the others must be a quorum
	if (tolerance(view) < 1)
		return blocked(
			"RestartWouldLoseQuorum",
			`restarting ${pod.name} onto the original template would leave ${voters(view).length - 1} of ${voters(view).length} voters, fewer than quorum`,
			voters(view).every(isHealthy)
				? `where a moment without quorum does no harm: kubectl delete pod ${pod.name} -n ${set.namespace}; then run the same command again`
				: "bring the other members up first, then run the same command again",
		);
	return step({ kind: "restart-pod", ordinal: pod.ordinal, uid: pod.uid });
}

/**
 * Someone changed the template and put it back meanwhile, and the controller had moved its current revision on: from that it makes the
 * pods that a partition holds. It must be let finish, or a pod that we restart comes back from the wrong template, again and again.
 */
function rollingBack(view: ClusterView): Decision | undefined {
	const set = view.statefulSet;
	const strayed = set.updateStrategy.type !== "OnDelete" && set.currentRevision !== set.updateRevision;
	if (!set.record || set.record.rolling || set.templateState !== "original" || !strayed) return undefined;
	const partition = set.record.updateStrategy.rollingUpdate?.partition ?? 0;
	if (set.updateStrategy.partition !== partition) return step({ kind: "restore-template", partition });
	return wait({
		kind: "pods-ready",
		reason: `the roll-out of ${set.name} back to its template is not over`,
		hint: `kubectl rollout status sts/${set.name} -n ${set.namespace}`,
	});
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
	const name = podName(set, ordinal);
	const joiner = memberAt(view, ordinal);
	const peerURLs = joiner?.peerURLs ?? peerURLsFor(name, view.etcd.members);
	if (!peerURLs) return blockedPeerURLs(name);
	const others = view.etcd.members.filter((member) => member !== joiner);
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

function untilHealthy(members: readonly MemberView[]): Wait {
	const [member] = members;
	return {
		kind: "voters-healthy",
		...(member?.ordinal === undefined ? {} : { ordinal: member.ordinal }),
		reason: members.map((member) => `${member.name} ${notWell(member)}`).join(", "),
		hint: "see the pods' logs; nothing is changed until every member is well",
	};
}

function notWell(member: MemberView): string {
	const { status, trouble, lag } = member;
	if (!status) return `does not answer${trouble ? ` (${trouble})` : ""}`;
	if (!isHealthy(member)) return status.errors.length > 0 ? `reports ${status.errors.join(", ")}` : "knows no leader";
	if (knowsNotOfVote(member)) return "has yet to apply that it votes";
	return lag === undefined ? "cannot be compared with a leader" : `has ${lag} entries to apply`;
}

function blockedPeerURLs(name: string): Decision {
	return blocked(
		"PeerURLsUnknown",
		`no present member's peer URL contains its pod's name, so that of ${name} cannot be told`,
		"members must advertise their pods' names: --initial-advertise-peer-urls=http://$(POD_NAME).SERVICE:2380",
	);
}
