import { type ClusterView, outdatedPods, podAt, podName, quorum, voters } from "../cluster/cluster-view.ts";
import { expectedTemplate } from "../cluster/join-profile.ts";
import { membersElsewhere, ownersElsewhere, spansSets } from "../cluster/members-elsewhere.ts";
import { changedFields } from "../cluster/template-changes.ts";
import { abortCommand, waysOut } from "./describe-state.ts";
import type { Goal } from "./goal.ts";
import { otherCluster } from "./lost-history.ts";
import type { Blocked } from "./step.ts";
import { stopHookObstacle } from "./stop-hooks.ts";

/**
 * What no waiting will mend and no step of ours may touch: someone else's change, a member nobody can account for, an alarm.
 * Looked for again before every single change. Pure.
 */
export function findObstacle(view: ClusterView, goal: Goal): Blocked | undefined {
	for (const found of findObstacles(view, goal)) return found;
	return undefined;
}

/** All of them, the weightiest first. */
export function* findObstacles(view: ClusterView, goal: Goal): Generator<Blocked> {
	for (const look of [
		deleted,
		otherCluster,
		foreignTemplate,
		foreignStrategy,
		foreignMembers,
		unstarted,
		alarms,
		learners,
		twins,
		order,
		replicas,
		rollout,
	]) {
		const found = look(view, goal);
		if (found) yield found;
	}
}

function deleted({ statefulSet }: ClusterView): Blocked | undefined {
	if (!statefulSet.deleting) return undefined;
	return {
		reason: "StatefulSetDeleted",
		message: `StatefulSet ${statefulSet.name} is being deleted`,
		hint: "a StatefulSet that is being deleted cannot be scaled",
	};
}

/** A run that is taken back puts the template back, too. */
function foreignTemplate(view: ClusterView, goal: Goal): Blocked | undefined {
	const { name, templateState, record, template, etcd } = view.statefulSet;
	if (templateState !== "foreign" || goal.takesBack) return undefined;
	const before = record && expectedTemplate(record, template, etcd);
	const changes = before ? changedFields(before, template) : [];
	return {
		reason: "TemplateChanged",
		message: `someone changed the pod template of ${name} while a scaling was unfinished${changes.length > 0 ? ` (${changes.join(", ")})` : ""}`,
		hint: `take the scaling back, which puts the template back as it was found: ${abortCommand(view)}; then make the change again, and scale once its roll-out is over`,
	};
}

/**
 * Without its fence a join profile is rolled out to the pods that were there before, and none of them would be Ready on it. A run that is taken back
 * puts template and partition back.
 */
function foreignStrategy(view: ClusterView, goal: Goal): Blocked | undefined {
	const { statefulSet: set } = view;
	const { type, partition } = set.updateStrategy;
	if (set.templateState !== "joining" || type === "OnDelete" || goal.takesBack) return undefined;
	const fence = (set.record?.joining ?? set.firstOrdinal) - set.firstOrdinal;
	if (partition >= fence) return undefined;
	return {
		reason: "StrategyChanged",
		message: `someone set the partition of ${set.name} to ${partition} while its template holds the join profile of ${podName(set, set.firstOrdinal + fence)}: pods that were there before are restarted on it`,
		hint: `take the scaling back, which puts template and partition back, and brings those pods back onto it: ${abortCommand(view)}; then scale again`,
	};
}

/** What is on its way to another template is not to be caught half-way: what a partition holds comes back from the one before. */
function rollout(view: ClusterView, goal: Goal): Blocked | undefined {
	const set = view.statefulSet;
	if ((set.record && !set.record.rolling) || goal.replicas === voters(view).length) return undefined;
	// it is undone first
	if (!goal.rollOut && (set.record?.unnamed || set.record?.rolling === "back")) return undefined;
	const old = outdatedPods(view);
	const onDelete = set.updateStrategy.type === "OnDelete";
	// until the controller has moved it on, pods behind a partition would be made from the template before; with OnDelete it never does
	const lagging = !onDelete && set.currentRevision !== set.updateRevision;
	if (!set.observed || (old.length === 0 && !lagging)) return undefined;
	const patch = `'{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}'`;
	const wait = `kubectl rollout status sts/${set.name} -n ${set.namespace}`;
	const hook = stopHookObstacle(view, old);
	return {
		reason: "RolloutUnfinished",
		message: `${old.length} of ${view.pods.length} pods of ${set.name} are not on its newest template, and its roll-out is not over${hook ? `; ${hook.message}` : ""}`,
		hint: hook
			? hook.hint
			: set.record?.rolling
				? waysOut(view)
				: onDelete
					? `delete them one by one, each when the others are Ready: kubectl delete pod ${old[0]?.name} -n ${set.namespace}`
					: set.updateStrategy.partition > 0
						? `its partition holds it; let it go on: kubectl patch sts ${set.name} -n ${set.namespace} -p ${patch}; ${wait}`
						: `wait for it: ${wait}`,
	};
}

function foreignMembers(view: ClusterView): Blocked | undefined {
	const foreign = view.etcd.members.find((member) => member.ordinal === undefined);
	if (!foreign) return undefined;
	const { name, namespace } = view.statefulSet;
	const id = foreign.id.toString(16);
	if (spansSets(view)) {
		const elsewhere = membersElsewhere(view);
		return {
			reason: "SeveralStatefulSets",
			message: `the cluster spans StatefulSet/${name} and ${ownersElsewhere(elsewhere).join(", ")}: ${elsewhere.length} of its ${view.etcd.members.length} members are not pods of ${name}`,
			hint: `Quorate changes clusters of one StatefulSet only; quorate status, validate and snapshot save sts/${name} -n ${namespace} work on all members`,
		};
	}
	// without its only member there is no cluster, and one that has started may be where it cannot be seen from here
	const removable = view.etcd.members.length > 1;
	return {
		reason: "ForeignMember",
		message: `member ${id} (${foreign.name || "unstarted"}, ${foreign.peerURLs.join(",")}) is no pod of ${name}`,
		hint: removable
			? `if it is left over, and runs nowhere: etcdctl member remove ${id}`
			: `see where it runs: it is the only member; kubectl get pods -A -o wide`,
	};
}

function unstarted(view: ClusterView): Blocked | undefined {
	const voter = voters(view).find((member) => member.name === "");
	if (!voter) return undefined;
	return {
		reason: "UnstartedVoter",
		message: `member ${voter.id.toString(16)} (${voter.peerURLs.join(",")}) was added as a voter and has never started; it counts against quorum`,
		hint: `start it, or take it out: etcdctl member remove ${voter.id.toString(16)}`,
	};
}

function alarms(view: ClusterView): Blocked | undefined {
	const alarm = view.etcd.alarms[0];
	if (!alarm) return undefined;
	const member = view.etcd.members.find((m) => m.id === alarm.memberId);
	return {
		reason: "AlarmRaised",
		message: `member ${member?.name ?? alarm.memberId.toString(16)} has raised the alarm ${alarm.type}`,
		hint:
			alarm.type === "NOSPACE"
				? "compact, defragment (etcdctl defrag) and disarm (etcdctl alarm disarm) first"
				: "the data of a member is corrupt; replace it before anything else",
	};
}

function learners(view: ClusterView): Blocked | undefined {
	const [learner, second] = view.etcd.members.filter((member) => member.isLearner);
	if (!learner) return undefined;
	const set = view.statefulSet;
	const expected = set.firstOrdinal + voters(view).length;
	const remove = `promote it, or take it out: etcdctl member remove ${learner.id.toString(16)}`;
	if (second)
		return {
			reason: "SeveralLearners",
			message: "there are several learners; Quorate adds one at a time",
			hint: remove,
		};
	// one of ours is added under its fence, and started before the fence is taken away
	const unfenced = learner.name === "" && set.record?.joining !== expected;
	if (!set.record || learner.ordinal !== expected || unfenced)
		return {
			reason: "ForeignLearner",
			message: `${learner.name || learner.peerURLs.join(",")} is a learner that no run of Quorate added`,
			hint: remove,
		};
	return undefined;
}

/** What would be done to one of them might be done to the other. Members that are not pods of this StatefulSet have no ordinal in common. */
function twins({ etcd: { members } }: ClusterView): Blocked | undefined {
	const second = members.find((member, index) =>
		members
			.slice(0, index)
			.some(({ id, ordinal }) => id === member.id || (ordinal !== undefined && ordinal === member.ordinal)),
	);
	if (!second) return undefined;
	return {
		reason: "DuplicateMember",
		message: `member ${second.id.toString(16)} (${second.name || "unstarted"}) has the id or the name of another`,
		hint: "see the member list: etcdctl member list; each member has an id and a pod of its own",
	};
}

/** Voters are the pods from the first ordinal on, without a gap. */
function order(view: ClusterView): Blocked | undefined {
	// members are not pods of this StatefulSet alone then, and `foreignMembers` says so
	if (spansSets(view)) return undefined;
	const set = view.statefulSet;
	const ordinals = voters(view).map((member) => member.ordinal ?? -1);
	for (let ordinal = set.firstOrdinal; ordinal < set.firstOrdinal + ordinals.length; ordinal++)
		if (!ordinals.includes(ordinal))
			return {
				reason: "MemberMissing",
				message: `${podName(set, ordinal)} is no member of the cluster, though later pods are`,
				hint: `begin all members again from a snapshot, which stops etcd for that time: quorate snapshot save ${set.name}.db sts/${set.name} -n ${set.namespace}; then quorate snapshot restore ${set.name}.db sts/${set.name} -n ${set.namespace} --runbook`,
			};
	return undefined;
}

function replicas(view: ClusterView, goal: Goal): Blocked | undefined {
	if (spansSets(view)) return undefined;
	const set = view.statefulSet;
	const kept = goal.keepVolumes ? " --keep-volumes" : "";
	const members = view.etcd.members.length;
	const count = voters(view).length;
	const halfOut = set.record?.leaving?.ordinal === set.firstOrdinal + members && set.replicas === members + 1;
	// a gap among the members is told by `order`: the pods at the end are members then, and must stay
	const last = Math.max(...view.etcd.members.map(({ ordinal }) => ordinal ?? -1));
	if (set.replicas > members && !halfOut && last < set.firstOrdinal + members) {
		const name = podName(set, set.firstOrdinal + members);
		return {
			reason: "ReplicasWithoutMembers",
			message: `the StatefulSet has ${set.replicas} replicas, but the cluster ${members} members: ${name} (${podAt(view, set.firstOrdinal + members)?.phase ?? "not made"}) never joined`,
			hint: `take the replicas back first: kubectl scale sts ${set.name} -n ${set.namespace} --replicas=${members}`,
		};
	}
	// one that we sent away goes all the way out, whatever is wanted by now: its claim may be gone already
	if (set.record?.leaving?.ordinal === set.firstOrdinal + set.replicas) return undefined;
	// its pod was taken away, and it is not asked to leave: it can simply come back
	if (set.replicas < count && goal.replicas >= count)
		return {
			reason: "MembersWithoutReplicas",
			message: `the cluster has ${count} voters, but the StatefulSet only ${set.replicas} replicas: ${podName(set, set.firstOrdinal + set.replicas)} is a dead voter (quorum is ${quorum(count)} of ${count})`,
			hint: `bring its pod back: kubectl scale sts ${set.name} -n ${set.namespace} --replicas=${count}; or take it out: quorate scale sts/${set.name} -n ${set.namespace} --replicas ${set.replicas}${kept}`,
		};
	if (set.replicas < goal.replicas && goal.replicas < count)
		return {
			reason: "MembersWithoutReplicas",
			message: `the StatefulSet has ${set.replicas} replicas already, fewer than the ${goal.replicas} that are wanted`,
			hint: `take the members out that have no pod: quorate scale sts/${set.name} -n ${set.namespace} --replicas ${set.replicas}${kept}`,
		};
	return undefined;
}
