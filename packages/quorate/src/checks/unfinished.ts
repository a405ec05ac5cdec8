import { voters } from "../cluster/cluster-view.ts";
import { describeUnfinished, waysOut } from "../scaling/describe-state.ts";
import type { Goal } from "../scaling/goal.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "scaling-finished",
	group: "request",
	passes: "No scaling of Quorate's is unfinished, or it is the one that is asked for",
	why: "until then the StatefulSet is held by a partition, and its template may be the one that new members join by",
	todo: "finish it with `quorate scale`, or take it back with `quorate abort`",
};

export const unfinished = check(about, ({ view, goal }) => {
	const { record } = view.statefulSet;
	if (!record) return { status: "pass", saw: "no scaling is unfinished" };
	const saw = [`begun with ${record.from} members: ${describeUnfinished(view)}`, ...changesOf(record.goal, goal)];
	if (view.etcd.trouble === undefined && (goal.rollOut || goal.replicas !== voters(view).length))
		return { status: "pass", saw: saw.join("; ") };
	return { status: "warn", saw: saw.join("; "), hint: waysOut(view) };
});

/** What was agreed to when the run began, and is not what is asked for now. */
function changesOf(was: Goal | undefined, now: Goal): string[] {
	if (!was || now.takesBack) return [];
	return [
		...(was.replicas === now.replicas ? [] : [`its goal is ${now.replicas} members from now on`]),
		...(was.keepVolumes && !now.keepVolumes ? ["volumes that were to be kept are deleted from now on"] : []),
	];
}
