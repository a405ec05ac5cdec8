import { voters } from "../cluster/cluster-view.ts";
import { findObstacles } from "../scaling/obstacles.ts";
import { type CheckAbout, check } from "./check.ts";
import { LEARNER_REASONS } from "./learners.ts";

const about: CheckAbout = {
	id: "members-match",
	group: "etcd",
	passes:
		"Members and pods are the same: each pod a started voter, no foreign member, none stopped or never started; nobody else changes the StatefulSet",
	why: "Quorate makes no change until this is resolved",
	todo: "as the hint says; see docs/accidents.md",
};

/** Told by checks of their own. */
const ELSEWHERE: ReadonlySet<string> = new Set(["AlarmRaised", ...LEARNER_REASONS]);

/** The same eyes that look again before every change. */
export const obstacles = check(about, ({ view, goal }) => {
	if (view.etcd.trouble) return { status: "skip", saw: "unknown: the member list could not be read" };
	const found = [...findObstacles(view, goal)].filter(({ reason }) => !ELSEWHERE.has(reason));
	const [first] = found;
	if (!first) return { status: "pass", saw: `${voters(view).length} voters, one for each pod` };
	return {
		status: "fail",
		saw: found.map(({ message }) => message).join("; "),
		why: `Quorate makes no change until this is resolved (${found.map(({ reason }) => reason).join(", ")})`,
		hint: first.hint,
	};
});
