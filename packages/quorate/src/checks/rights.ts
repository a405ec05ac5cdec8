import { voters } from "../cluster/cluster-view.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "rights-enough",
	group: "kubernetes",
	passes: "This user has every right that a scaling needs, each verb asked for (SelfSubjectAccessReview)",
	why: "the run would stop half-way",
	todo: "ask for these verbs in a Role or ClusterRole, or use a context that has them",
};

export const rights = check(about, ({ missingRights, view, goal }) => {
	if (missingRights.length === 0) return { status: "pass", saw: "this user may do all that is needed" };
	return {
		// who only looks on needs none of them
		status: !view.statefulSet.record && goal.replicas === voters(view).length ? "warn" : "fail",
		saw: `this user may not: ${missingRights.join("; ")}`,
		why: "the run would stop half-way",
		hint: "ask for these verbs in a Role or ClusterRole, or use a context that has them",
	};
});
