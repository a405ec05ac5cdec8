import type { Check } from "./check.ts";

const base = { id: "ownership", group: "kubernetes" } as const;

export const ownership: Check = ({ view, goal }) => {
	const { managedBy } = view.statefulSet;
	if (managedBy === undefined)
		return { ...base, status: "pass", saw: "nobody else manages the StatefulSet, as far as can be told" };
	return {
		...base,
		status: "warn",
		saw: `${managedBy} manages the StatefulSet`,
		why: "its next upgrade or sync sets the replicas back to its own number, and members would be lost",
		hint: managedBy.startsWith("Helm")
			? `keep the size in its values (etcd.replicaCount: ${goal.replicas}, or replicaCount for the etcd chart itself)`
			: `keep the size at its source: replicas: ${goal.replicas}`,
	};
};
