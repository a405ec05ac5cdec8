import type { Check } from "./check.ts";

const base = { id: "addresses-published", group: "kubernetes" } as const;

export const addresses: Check = ({ view }) => {
	const service = view.statefulSet.serviceName;
	if (view.publishesNotReadyAddresses)
		return { ...base, status: "pass", saw: `Service ${service} gives names to pods that are not Ready` };
	return {
		...base,
		status: "fail",
		saw: `Service ${service || "(none)"} gives no name to a pod that is not Ready`,
		why: "a learner is not Ready, and the others could not find it by its name",
		hint: `kubectl patch service ${service || "NAME"} -n ${view.statefulSet.namespace} -p '{"spec":{"publishNotReadyAddresses":true}}'`,
	};
};
