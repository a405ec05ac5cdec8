import { voters } from "../cluster/cluster-view.ts";
import { isStatic } from "../scaling/static-volumes.ts";
import { type CheckAbout, check } from "./check.ts";
import { isForStaticVolumes } from "./needed-rights.ts";

const about: CheckAbout = {
	id: "rights-enough",
	group: "kubernetes",
	passes: "This user has every right that a scaling needs, each verb asked for (SelfSubjectAccessReview)",
	why: "the run would stop half-way",
	todo: "ask for these verbs in a Role or ClusterRole, or use a context that has them",
};

export const rights = check(about, ({ missingRights, view, goal }) => {
	const needed = view.storage.some(isStatic) ? missingRights : missingRights.filter((one) => !isForStaticVolumes(one));
	if (needed.length === 0) return { status: "pass", saw: "this user may do all that is needed" };
	return {
		// who only looks on needs none of them
		status: !view.statefulSet.record && goal.replicas === voters(view).length ? "warn" : "fail",
		saw: `this user may not: ${needed.join("; ")}`,
		hint: `use a context that has these rights, or let an administrator grant them to a service account: quorate rbac scale -n ${view.statefulSet.namespace}${view.storage.some(isStatic) ? "" : " --provisioned"} | kubectl apply -f -`,
	};
});
