import { findObstacles } from "../scaling/obstacles.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "learners-none",
	group: "etcd",
	passes: "There is no learner, or it is the one that Quorate is adding",
	why: "etcd takes one learner at a time, and one left over never votes",
	todo: "promote it, or take it out: `etcdctl member remove`",
};

export const LEARNER_REASONS = ["SeveralLearners", "ForeignLearner"] as const;

const REASONS: ReadonlySet<string> = new Set(LEARNER_REASONS);

export const learners = check(about, ({ view, goal }) => {
	if (view.etcd.trouble) return { status: "skip", saw: "unknown: the member list could not be read" };
	const found = [...findObstacles(view, goal)].find(({ reason }) => REASONS.has(reason));
	if (found) return { status: "fail", saw: found.message, hint: found.hint };
	const ours = view.etcd.members.find((member) => member.isLearner);
	return {
		status: "pass",
		saw: ours ? `one learner, ${ours.name || "not started yet"}, of ours` : "no learner is left over",
	};
});
