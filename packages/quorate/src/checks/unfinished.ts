import { voters } from "../cluster/cluster-view.ts";
import { resumeCommand } from "../scaling/describe-state.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "scaling-finished",
	group: "request",
	passes: "No scaling of Quorate's is unfinished, or it is the one that is asked for",
	why: "until then the StatefulSet is held by a partition, and its template may be the one that new members join by",
	todo: "go on with `quorate scale`, or take it back with `quorate abort`",
};

export const unfinished = check(about, ({ view, goal }) => {
	const { record, name, namespace } = view.statefulSet;
	if (!record) return { status: "pass", saw: "no scaling is unfinished" };
	const what = record.rolling ? "a roll-out" : "a scaling";
	const saw = `${what} is unfinished that was begun with ${record.from} members`;
	if (view.etcd.trouble === undefined && (goal.rollOut || goal.replicas !== voters(view).length))
		return { status: "pass", saw };
	const where = `sts/${name} -n ${namespace}`;
	const hint = `go on: ${resumeCommand(view, "N")}; or take it back: quorate abort ${where}`;
	return { status: "warn", saw, hint };
});
