import { type ClusterView, podsToRestart, quorum, voters } from "../cluster/cluster-view.ts";
import type { Goal } from "./goal.ts";

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
	else if (podsToRestart(view).length > 0) parts.push(`${podsToRestart(view)[0]?.name} still runs on the join profile`);
	if (set.record) parts.push("the template and strategy as they were found are in the annotation quorate.io/scaling");
	return parts.join("; ");
}

export function howToGoOn(view: ClusterView, goal: Goal): string {
	const { name, namespace, record } = view.statefulSet;
	const rollsOut = goal.rollOut !== undefined;
	const back =
		record?.from === goal.replicas && !rollsOut
			? ""
			: `; or to take it back: quorate abort sts/${name} -n ${namespace}`;
	return `run the same command again to go on: ${commandFor(view, goal)}${back}`;
}

/** What brings the cluster to that goal. */
function commandFor({ statefulSet: set, etcd }: ClusterView, { replicas, rollOut }: Goal): string {
	const persist = rollOut === "initial-cluster" ? " --persist-initial-cluster" : "";
	// members that are still to come or go are no matter of a roll-out
	if (rollOut && set.replicas === replicas && etcd.members.every(({ isLearner }) => !isLearner))
		return `quorate rollout sts/${set.name} -n ${set.namespace}${persist}`;
	return `quorate scale sts/${set.name} -n ${set.namespace} --replicas ${replicas}${persist}`;
}

/** What goes on with what is unfinished, as far as that is written down; `replicas` where it is not. */
export function resumeCommand(view: ClusterView, replicas: number | "N"): string {
	const { name, namespace, record } = view.statefulSet;
	if (record?.rolling === "back") return `quorate abort sts/${name} -n ${namespace}`;
	if (record?.rolling)
		return `quorate rollout sts/${name} -n ${namespace}${record.unnamed ? " --persist-initial-cluster" : ""}`;
	return `quorate scale sts/${name} -n ${namespace} --replicas ${replicas}`;
}
