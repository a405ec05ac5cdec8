import {
	CAUGHT_UP_LAG,
	type ClusterView,
	isCaughtUp,
	isHealthy,
	isLeaving,
	type MemberView,
	quorum,
	voters,
} from "../cluster/cluster-view.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "members-healthy",
	group: "etcd",
	passes: "Every voter answers, knows a leader, reports no error and has caught up",
	why: "etcd takes no new member while one is down, and another failure could cost quorum",
	todo: "bring the member back first",
};

export const health = check(about, ({ view }) => {
	const all = voters(view);
	const well = all.filter((member) => isHealthy(member) || onlyAlarms(view, member)).length;
	const saw = `${well} of ${all.length} voters answer and have a leader; quorum is ${quorum(all.length)}`;
	const why = "etcd takes no new member while one is down, and another failure could cost quorum";
	if (view.etcd.trouble)
		return {
			status: "fail",
			saw: view.etcd.trouble,
			why,
			hint: "see the pods and their logs; a cluster without quorum cannot be scaled",
		};
	// one whose pod was scaled away cannot answer, and is about to be taken out
	const bad = all.find((member) => !isCaughtUp(member) && !isLeaving(view, member) && !onlyAlarms(view, member));
	if (!bad) return { status: "pass", saw };
	const trouble = bad.trouble ?? bad.status?.errors.join(", ") ?? "";
	return {
		status: "fail",
		saw: `${saw}; ${bad.name} ${isHealthy(bad) ? `lags by ${bad.lag} entries` : `does not (${trouble || "no leader"})`}`,
		why,
		hint: `bring ${bad.name} back first: kubectl describe pod ${bad.name} -n ${view.statefulSet.namespace}`,
	};
});

/** Each member reports every alarm, its own or not; that is told by a check of its own. */
function onlyAlarms({ etcd }: ClusterView, { status, lag }: MemberView): boolean {
	const well = status !== undefined && status.leader !== 0n && lag !== undefined && lag <= CAUGHT_UP_LAG;
	return well && etcd.alarms.length > 0 && status.errors.every((error) => /\balarm:/.test(error));
}
