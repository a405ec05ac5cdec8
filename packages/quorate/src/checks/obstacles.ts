import { voters } from "../cluster/cluster-view.ts";
import { findObstacle } from "../scaling/obstacles.ts";
import type { Check } from "./check.ts";

const base = { id: "members-match", group: "etcd" } as const;

/** The same eyes that look again before every change. */
export const obstacles: Check = ({ view, goal }) => {
	if (view.etcd.trouble) return { ...base, status: "skip", saw: "not known while no member tells who is one" };
	const found = findObstacle(view, goal);
	if (!found) return { ...base, status: "pass", saw: `${voters(view).length} voters, one for each pod` };
	return {
		...base,
		status: "fail",
		saw: found.message,
		why: `nothing is done in this state (${found.reason})`,
		hint: found.hint,
	};
};
