import { voters } from "../cluster/cluster-view.ts";
import { MOST_MEMBERS } from "../scaling/goal.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "request-size",
	group: "request",
	passes: "The number of members is odd, from 3 to 7",
	why: "an even number tolerates no more failures than one less; more than 7 make every write slower; one tolerates none",
	todo: "choose 3 or 5; `--force` where it is meant",
};

export const size = check(about, ({ view, goal, force }) => {
	const from = view.etcd.trouble === undefined ? voters(view).length : undefined;
	const saw =
		from === goal.replicas
			? `${from} members (no change asked for)`
			: `${from ?? "an unknown number of"} members, ${goal.replicas} wanted`;
	if (goal.replicas > MOST_MEMBERS && !force)
		return {
			status: "fail",
			saw: `${goal.replicas} members wanted, more than ${MOST_MEMBERS}${from === undefined ? "" : ` (${from} now)`}`,
			why: `more than ${MOST_MEMBERS} members slow every write for little extra fault tolerance`,
			hint: "if it is meant: --force",
		};
	// without a list a number of members would be a guess
	if (from === undefined) return { status: "skip", saw: "unknown: the member list could not be read" };
	if (goal.replicas === 1 && from !== 1 && !force)
		return {
			status: "fail",
			saw: `a single member wanted (${from} now)`,
			why: "a single member tolerates no failure: while it restarts there is no etcd",
			hint: "if it is meant: --force",
		};
	if (goal.replicas % 2 === 0)
		return {
			status: "warn",
			saw: `${goal.replicas} members${from === goal.replicas ? ", an even number" : ` wanted, an even number (${from} now)`}`,
			why: `${goal.replicas} members tolerate no more failures than ${goal.replicas - 1}`,
			hint: `an odd size is better: ${goal.replicas + 1}`,
		};
	return { status: "pass", saw };
});
