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
	const { name, namespace } = view.statefulSet;
	const back =
		view.statefulSet.record?.from === goal.replicas
			? ""
			: `; or to take it back: quorate abort sts/${name} -n ${namespace}`;
	return `run the same command again to go on: quorate scale sts/${name} -n ${namespace} --replicas ${goal.replicas}${back}`;
}
