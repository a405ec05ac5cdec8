import { type ClusterView, podsToRestart, quorum, voters } from "../cluster/cluster-view.ts";
import { word } from "../shell-word.ts";
import { type Goal, MOST_MEMBERS } from "./goal.ts";

/** Where an unfinished scaling stands, in a line, for someone who has just been told that it stopped. */
export function describeState(view: ClusterView): string {
	const set = view.statefulSet;
	const count = voters(view).length;
	const learner = view.etcd.members.find((m) => m.isLearner);
	const parts = [`${count} voters (quorum ${quorum(count)})`];
	if (learner)
		parts.push(`${learner.name || "a member that has not started"} is a learner and does not count against quorum`);
	if (set.templateState === "joining")
		parts.push("the pod template holds a join profile, and the partition keeps the present pods from it");
	else if (set.templateState === "foreign") parts.push("someone changed the pod template");
	else if (podsToRestart(view).length > 0) parts.push(`${podsToRestart(view)[0]?.name} still runs on the join profile`);
	if (set.record) parts.push("the template and strategy as they were found are in the annotation quorate.io/scaling");
	return parts.join("; ");
}

/** What to do about a run that has just ended before its end. */
export function howToGoOn(view: ClusterView, goal: Goal): string {
	const { record } = view.statefulSet;
	const undoes = goal.takesBack || (record?.from === goal.replicas && goal.rollOut === undefined);
	const back = undoes ? "" : `; or to take it back: ${abortCommand(view)}`;
	return `run the same command again to resume: ${commandFor(view, goal)}${back}`;
}

/** What an unfinished run is to reach, and how far it is. */
export function describeUnfinished(view: ClusterView): string {
	const { record } = view.statefulSet;
	const goal = record?.goal;
	if (!record) return "none unfinished";
	if (goal?.takesBack) return `being taken back to ${record.from} members`;
	if (record.rolling === "back") return "a roll-out is being taken back";
	if (record.rolling || (goal?.rollOut && goal.replicas === record.from)) return "a roll-out is unfinished";
	if (!goal) return `a scaling from ${record.from} members is unfinished; how many were wanted was not written down`;
	const all = Math.abs(goal.replicas - record.from);
	const done = goal.replicas > record.from ? voters(view).length - record.from : record.from - voters(view).length;
	const roll = goal.rollOut ? ", then a roll-out" : "";
	return `${record.from} → ${goal.replicas}, ${Math.min(all, Math.max(0, done))} of ${all} members done${roll}`;
}

/** Both ends that an unfinished run can be brought to. */
export function waysOut(view: ClusterView): string {
	if (view.statefulSet.templateState === "foreign")
		return `take it back, and the change that someone made to the template: ${abortCommand(view)}`;
	const finish = resumeCommand(view);
	const back = abortCommand(view);
	return finish === back ? `finish it: ${finish}` : `finish it: ${finish}; or take it back: ${back}`;
}

/** What finishes an unfinished run; `N` where nobody wrote down how many members were wanted. */
export function resumeCommand(view: ClusterView): string {
	const { name, namespace, record } = view.statefulSet;
	if (record?.goal) return commandFor(view, record.goal);
	if (record?.rolling === "back") return abortCommand(view);
	if (record?.rolling)
		return `quorate rollout sts/${name} -n ${namespace}${record.unnamed ? " --persist-initial-cluster" : ""}`;
	return `quorate scale sts/${name} -n ${namespace} --replicas N`;
}

/** Taking a shrinking back adds members. Where that cannot be, the hint also names the command that leaves the cluster at its present size. */
export function orLeaveIt(view: ClusterView, goal: Goal, hint: string): string {
	const count = voters(view).length;
	if (!goal.takesBack || goal.replicas <= count) return hint;
	const left: Goal = {
		replicas: count,
		snapshot: true,
		...(goal.keepVolumes ? { keepVolumes: true } : {}),
		...(count === 1 || count > MOST_MEMBERS ? { force: true } : {}),
	};
	return `${hint}; or leave it at ${count} ${count === 1 ? "member" : "members"}: ${commandFor(view, left)}`;
}

/** Volumes that were to be kept stay kept; where new ones go is said again once it was said. */
export function abortCommand(view: ClusterView, goal = view.statefulSet.record?.goal): string {
	const { name, namespace } = view.statefulSet;
	return [
		`quorate abort sts/${name} -n ${namespace}`,
		...(goal?.keepVolumes ? ["--keep-volumes"] : []),
		...(goal?.takesBack ? placeFlags(goal) : []),
	].join(" ");
}

const placeFlags = ({ volumes }: Goal): string[] => [
	...(volumes?.nodes ? [`--volume-node ${word(volumes.nodes.join(","))}`] : []),
	...(volumes?.path === undefined ? [] : [`--volume-path ${word(volumes.path)}`]),
];

/** What brings the cluster to that goal, with every flag that it stands for. */
export function commandFor(view: ClusterView, goal: Goal): string {
	const { name, namespace, replicas, record } = view.statefulSet;
	const { rollOut } = goal;
	if (goal.takesBack) return abortCommand(view, goal);
	const shared = [
		...(rollOut === "initial-cluster" ? ["--persist-initial-cluster"] : []),
		...(goal.snapshot ? [] : ["--snapshot none"]),
	];
	const onlyRolls = rollOut === "template" || (rollOut && goal.replicas === (record?.from ?? replicas));
	if (onlyRolls) return [`quorate rollout sts/${name} -n ${namespace}`, ...shared].join(" ");
	return [
		`quorate scale sts/${name} -n ${namespace} --replicas ${goal.replicas}`,
		...shared,
		...(goal.force ? ["--force"] : []),
		...(goal.keepVolumes ? ["--keep-volumes"] : []),
		...(goal.discardVolumes ? ["--discard-volumes"] : []),
		...placeFlags(goal),
	].join(" ");
}
