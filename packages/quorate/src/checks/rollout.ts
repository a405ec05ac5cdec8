import type { Check } from "./check.ts";

const base = { id: "statefulset-settled", group: "kubernetes" } as const;

export const rollout: Check = ({ view }) => {
	const set = view.statefulSet;
	if (set.record)
		return {
			...base,
			status: "pass",
			saw: `an unfinished scaling, begun with ${set.record.from} members; it will be finished`,
		};
	const why = "growth holds the pods where they are; a roll-out under way would be caught half-way";
	const hint = `wait for it: kubectl rollout status sts/${set.name} -n ${set.namespace}`;
	const old = view.pods.filter((pod) => pod.revision !== set.updateRevision);
	// with OnDelete the controller never moves the current revision on
	const rolling = set.updateStrategy.type !== "OnDelete" && set.currentRevision !== set.updateRevision;
	if (!set.observed || rolling || old.length > 0)
		return {
			...base,
			status: "fail",
			saw: `${old.length} of ${view.pods.length} pods are not on the newest template`,
			why,
			hint,
		};
	const restless = view.pods.find((pod) => !pod.ready || pod.terminating);
	if (restless)
		return {
			...base,
			status: "fail",
			saw: restless.trouble ?? `pod ${restless.name} is not Ready`,
			why: "a pod that is not Ready is trouble already there",
			hint,
		};
	return { ...base, status: "pass", saw: `${view.pods.length} pods Ready, all on the newest template` };
};
