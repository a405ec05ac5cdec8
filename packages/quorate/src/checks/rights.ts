import type { Check } from "./check.ts";

const base = { id: "rights-enough", group: "kubernetes" } as const;

export const rights: Check = ({ missingRights }) => {
	if (missingRights.length === 0) return { ...base, status: "pass", saw: "this user may do all that is needed" };
	return {
		...base,
		status: "fail",
		saw: `this user may not: ${missingRights.join("; ")}`,
		why: "the run would stop half-way",
		hint: "ask for these verbs in a Role or ClusterRole, or use a context that has them",
	};
};
