import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "addresses-published",
	group: "kubernetes",
	passes: "The governing Service gives names to pods that are not Ready",
	why: "a learner is not Ready, and the others could not find it by its name",
	todo: "set `publishNotReadyAddresses: true` on the headless Service",
};

export const addresses = check(about, ({ view }) => {
	const service = view.statefulSet.serviceName;
	if (view.publishesNotReadyAddresses)
		return { status: "pass", saw: `Service ${service} gives names to pods that are not Ready` };
	return {
		status: "fail",
		saw: `Service ${service || "(none)"} gives no name to a pod that is not Ready`,
		why: "a learner is not Ready, and the others could not find it by its name",
		hint: `kubectl patch service ${service || "NAME"} -n ${view.statefulSet.namespace} -p '{"spec":{"publishNotReadyAddresses":true}}'`,
	};
});
