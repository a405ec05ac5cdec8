import {
	type ClusterView,
	isCaughtUp,
	isHealthy,
	isLeaving,
	knowsNotOfVote,
	type MemberView,
	podAt,
	podsToRestart,
	tolerance,
	voters,
	withoutStayed,
} from "../cluster/cluster-view.ts";
import type { ScalingRecord } from "../cluster/scaling-record.ts";
import { verdictHint } from "../cluster/verdict.ts";
import { clearing, outlivedCleaner } from "./clearing.ts";
import { step, untilReady, wait } from "./decision.ts";
import { orLeaveIt, waysOut } from "./describe-state.ts";
import type { Goal, RollOut } from "./goal.ts";
import { goingDown } from "./going-down.ts";
import { growing, joining } from "./growing.ts";
import { abandoning, leaving, sendingAway } from "./leaving.ts";
import { hasLostHistory, holdingLess } from "./lost-history.ts";
import { findObstacle } from "./obstacles.ts";
import { restoring, rollingBack } from "./restoring.ts";
import { rolling, unsticking } from "./rolling.ts";
import type { Decision, Wait } from "./step.ts";

/**
 * The one decision: what is to be done next to bring this cluster to the goal. It looks at the view alone, never at what was
 * done before, so that a run which was killed anywhere goes on by deciding again.
 */
export function nextStep(view: ClusterView, goal: Goal): Decision {
	const decision = decide(view, goal);
	return decision.kind === "wait" ? wait(namingNode(view, decision.wait)) : decision;
}

/**
 * The order of the guards: nothing is decided while etcd cannot be asked, where someone else's change is in the way, or before the
 * controller has seen ours. Then what helps an unwell member or needs no other to be well: a pod that is stuck on a template that was corrected
 * is deleted, a learner that is not wanted is taken out. Everything else waits for every member that stays, and for the data that was recorded. A
 * snapshot comes before the first change, what is half-way in or out is finished before anything begins, and a proof before the next change.
 */
function decide(view: ClusterView, goal: Goal): Decision {
	if (view.etcd.trouble !== undefined)
		return wait({
			kind: "voters-healthy",
			reason: view.etcd.trouble,
			hint: verdictHint(view) ?? "see the pods and their logs; nothing is changed until the members answer",
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
	const learner = view.etcd.members.find((member) => member.isLearner);
	// only a run that is taken back comes here; a learner that has not started needs its profile until it is out
	if (set.templateState === "foreign" && !learner) return step({ kind: "restore-template", partition: set.replicas });
	const staying = voters(view).filter((member) => !isLeaving(view, member));
	const unwell = staying.filter((member) => !isHealthy(member));
	const unstuck = unwell.length > 0 ? withoutStuckPod(view, goal, unwell.length) : undefined;
	if (unstuck) return unstuck;
	const down = goingDown(view, goal);
	const needed = unwell.filter((member) => !down.includes(member));
	// etcd asks for no quorum but its own to remove a learner
	const saved = !goal.snapshot || set.record?.snapshot !== undefined;
	const abandons = learner && goal.replicas <= voters(view).length && saved && tolerance(view) >= 0;
	const endsBeside = needed.length > 0 && !learner && isOnlyToClear(view, goal);
	if (needed.length > 0 && !abandons && !endsBeside) return wait(untilHealthy(view, needed));
	if (goal.acceptHistory && hasLostHistory(view)) {
		// what is accepted is what a snapshot holds
		return step({ kind: "take-snapshot" });
	}
	const less = holdingLess(view);
	if (less) return wait(less);
	if (endsBeside) return clearing(view, goal) ?? finishing(view, "beside a voter that is down");
	// a run of ours begins with it; where someone else began, it comes first all the same
	if (goal.snapshot && !set.record?.snapshot && isUnfinished(view)) return step({ kind: "take-snapshot" });
	const outlived = needed.length === 0 ? outlivedCleaner(view) : undefined;
	if (outlived) return step({ kind: "remove-cleaner", pod: outlived.pod, uid: outlived.uid });
	if (learner) return goal.replicas > voters(view).length ? joining(view, learner) : abandoning(view, learner);
	// half-way out: nothing else before it is out
	if (set.replicas < voters(view).length) return leaving(view, goal);
	if (set.replicas > view.etcd.members.length) return sendingAway(view);
	const behind = staying.filter((member) => !isCaughtUp(member) && !down.includes(member));
	if (behind.length > 0) return wait(untilHealthy(view, behind));
	if (down.length > 0) return withoutDown(view, goal);
	if (isUnproven(view, goal)) return step({ kind: "prove", voters: voters(view).length });
	const undone = set.record && !goal.rollOut ? unnaming(view, set.record) : undefined;
	if (undone) return undone;
	const beginning = voters(view).length !== goal.replicas;
	if (beginning && goal.snapshot && !(set.record?.snapshot && view.snapshotReadable))
		return step({ kind: "take-snapshot" });
	const leftovers = beginning || set.record || goal.discardVolumes ? clearing(view, goal) : undefined;
	if (leftovers?.kind === "step" && goal.snapshot && !(set.record?.snapshot && view.snapshotReadable))
		return step({ kind: "take-snapshot" });
	if (leftovers) return leftovers;
	if (voters(view).length < goal.replicas) {
		const grows = growing(view, goal);
		if (grows.kind !== "blocked") return grows;
		return { ...grows, blocked: { ...grows.blocked, hint: orLeaveIt(view, goal, grows.blocked.hint) } };
	}
	if (voters(view).length > goal.replicas) return restoring(view) ?? leaving(view, goal);
	return (goal.rollOut ? rollingOut(view, goal, goal.rollOut) : undefined) ?? finishing(view);
}

/** Each that is taken out makes the cluster safer; all others are well. They are compared, and what is left is cleared, once none is down. */
function withoutDown(view: ClusterView, goal: Goal): Decision {
	if (goal.snapshot && !(view.statefulSet.record?.snapshot && view.snapshotReadable))
		return step({ kind: "take-snapshot" });
	return restoring(view) ?? leaving(view, goal);
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

/** No pod runs on a join profile any more before it begins; and a snapshot comes first. */
function rollingOut(view: ClusterView, goal: Goal, rollOut: RollOut): Decision | undefined {
	const set = view.statefulSet;
	if (set.templateState === "joining") return step({ kind: "restore-template", partition: set.replicas });
	return savedFirst(view, goal, rolling(view, rollOut));
}

/** No pod is restarted for a roll-out before there is a snapshot. */
function savedFirst(view: ClusterView, goal: Goal, decision: Decision | undefined): Decision | undefined {
	const saved = view.statefulSet.record?.snapshot && view.snapshotReadable;
	if (decision?.kind !== "step" || !goal.snapshot || saved) return decision;
	return step({ kind: "take-snapshot", rolling: "forth" });
}

/** Members were named in the template, which is not wanted any more. */
function unnaming(view: ClusterView, record: ScalingRecord): Decision | undefined {
	if (record.unnamed) return step({ kind: "unname-members", partition: view.statefulSet.replicas });
	return record.rolling === "back" ? rolling(view, "template") : undefined;
}

/**
 * A run that is taken back has no learner any more, and changed no voter: what is left is its template, its partition, and what the learner left. That
 * restarts nobody and needs nobody, so a voter that is down is not waited for.
 */
function isOnlyToClear(view: ClusterView, goal: Goal): boolean {
	const { replicas, record } = view.statefulSet;
	if (!goal.takesBack || record?.rolling || record?.unnamed || tolerance(view) < 0) return false;
	if (isUnfinished(view) || replicas !== goal.replicas || isUnproven(view, goal)) return false;
	return podsToRestart(view).length === 0 && rollingBack(view) === undefined;
}

/** As many voters as wanted: leave the StatefulSet as it was found. */
function finishing(view: ClusterView, beside?: "beside a voter that is down"): Decision {
	const { record } = view.statefulSet;
	if (!record) return { kind: "done" };
	// members were restarted, and nobody has looked since
	const unproven = record.rolling && !record.proven;
	const proof = unproven ? step({ kind: "prove", voters: voters(view).length }) : undefined;
	const ready = beside ? undefined : untilReady(view);
	return restoring(view) ?? ready ?? proof ?? tidying(view) ?? step({ kind: "restore-strategy" });
}

/** Pods of ours that looked into a volume of one who stays after all, or whose volume is kept. */
function tidying({ cleaners: [cleaner] }: ClusterView): Decision | undefined {
	return cleaner && step({ kind: "remove-cleaner", pod: cleaner.pod, uid: cleaner.uid });
}

/** Where a roll-out is taken back, its partition first: the pod is to come back from the template before. */
function withoutStuckPod(view: ClusterView, goal: Goal, unwell: number): Decision | undefined {
	const { record, updateStrategy } = view.statefulSet;
	if (!goal.rollOut && !record) return undefined;
	// members on a join profile are of another template, too: their turn comes when all others are well
	if (!goal.rollOut && !record?.rolling && unwell > 1) return undefined;
	const found = record?.updateStrategy.rollingUpdate?.partition ?? 0;
	const takesBack = record?.rolling === "forth" && !record.unnamed && !goal.rollOut;
	if (takesBack && updateStrategy.type !== "OnDelete" && updateStrategy.partition < found && tolerance(view) >= 0)
		return step({ kind: "restore-template", partition: found });
	return goal.rollOut ? savedFirst(view, goal, unsticking(view)) : unsticking(view);
}

/** Nothing comes about on a node that is down, whatever is waited for there. */
function namingNode(view: ClusterView, wait: Wait): Wait {
	const pod = wait.ordinal === undefined ? undefined : podAt(view, wait.ordinal);
	const visited = view.claims.filter(({ ordinal }) => ordinal === wait.ordinal).map(({ name }) => name);
	const visitor = view.cleaners.find(({ claim, phase }) => visited.includes(claim) && phase !== "Succeeded");
	const names = [pod?.node, visitor?.node];
	const node = view.nodes.find(({ name, ready }) => names.includes(name) && !ready);
	if (!node || wait.reason.includes(node.name)) return wait;
	const since = node.notReadySince ? ` since ${node.notReadySince}` : "";
	const gone = pod?.terminating
		? `; if it is powered off for good, this lets go of its pods: kubectl taint nodes ${node.name} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`
		: "";
	return {
		...wait,
		reason: `${wait.reason}; its node ${node.name} is not Ready${since}`,
		hint: `bring node ${node.name} back: kubectl describe node ${node.name}${gone}; ${wait.hint}`,
	};
}

function untilHealthy(view: ClusterView, members: readonly MemberView[]): Wait {
	const { name, namespace, record } = view.statefulSet;
	const [member] = members;
	const pod = member?.ordinal === undefined ? undefined : podAt(view, member.ordinal);
	const logs = `kubectl logs ${pod?.name ?? `${name}-N`} -n ${namespace}`;
	const correct =
		record?.rolling && pod && !pod.running
			? `if the template is wrong, correct it (kubectl edit sts ${name} -n ${namespace}), then: ${waysOut(view)}; `
			: "";
	return {
		kind: "voters-healthy",
		...(member?.ordinal === undefined ? {} : { ordinal: member.ordinal }),
		reason: members.map((member) => `${member.name} ${notWell(view, member)}`).join(", "),
		hint: `${correct}see what it says: ${logs}; nothing is changed until every member is well`,
	};
}

function notWell(view: ClusterView, member: MemberView): string {
	const { status, lag, ordinal } = member;
	// a pod that does not run has the better reason
	const trouble = (ordinal === undefined ? undefined : podAt(view, ordinal)?.trouble) ?? member.trouble;
	if (!status) return `does not answer${trouble ? ` (${trouble})` : ""}`;
	if (!isHealthy(member)) return status.errors.length > 0 ? `reports ${status.errors.join(", ")}` : "knows no leader";
	if (knowsNotOfVote(member)) return "has not applied its promotion yet";
	return lag === undefined ? "cannot be compared with a leader" : `has ${lag} entries to apply`;
}
