import { voters } from "../cluster/cluster-view.ts";
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
	const saw = `a scaling is unfinished that was begun with ${record.from} members`;
	if (view.etcd.trouble === undefined && goal.replicas !== voters(view).length) return { status: "pass", saw };
	const where = `sts/${name} -n ${namespace}`;
	const hint = `go on: quorate scale ${where} --replicas N; or take it back: quorate abort ${where}`;
	return { status: "warn", saw, hint };
});
