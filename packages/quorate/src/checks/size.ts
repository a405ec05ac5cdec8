import { voters } from "../cluster/cluster-view.ts";
import { MOST_MEMBERS } from "../scaling/goal.ts";
import type { Check } from "./check.ts";

const base = { id: "request-size", group: "request" } as const;

export const size: Check = ({ view, goal, force }) => {
	const from = view.etcd.trouble ? "?" : voters(view).length;
	const saw = from === goal.replicas ? `${from} members, as wanted` : `${from} members, ${goal.replicas} wanted`;
	if (goal.replicas > MOST_MEMBERS && !force)
		return {
			...base,
			status: "fail",
			saw,
			why: `more than ${MOST_MEMBERS} members make every write slower and tolerate no failure that matters more`,
			hint: "if it is meant: --force",
		};
	if (goal.replicas === 1 && from !== 1 && !force)
		return {
			...base,
			status: "fail",
			saw,
			why: "a single member tolerates no failure: while it restarts there is no etcd",
			hint: "if it is meant: --force",
		};
	if (goal.replicas % 2 === 0)
		return {
			...base,
			status: "warn",
			saw,
			why: `${goal.replicas} members tolerate no more failures than ${goal.replicas - 1}`,
			hint: `an odd size is better: ${goal.replicas + 1}`,
		};
	return { ...base, status: "pass", saw };
};
