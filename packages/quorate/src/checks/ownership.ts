import { advice, type CheckAbout } from "./check.ts";

const about: CheckAbout = {
	id: "ownership",
	group: "kubernetes",
	passes: "Nobody else manages the StatefulSet, or what manages it has the wanted size",
	why: "its next upgrade or sync sets the replicas back to its own number, and members would be lost",
	todo: "keep the size in Helm's values (`etcd.replicaCount`) or at its source",
};

export const ownership = advice(about, ({ view, goal, surroundings }) => {
	const { managedBy, name } = view.statefulSet;
	if (managedBy === undefined)
		return { status: "pass", saw: "nobody else manages the StatefulSet, as far as can be told" };
	if (!managedBy.startsWith("Helm"))
		return {
			status: "warn",
			saw: `${managedBy} manages the StatefulSet`,
			hint: `keep the size at its source: replicas: ${goal.replicas}`,
		};
	const release = surroundings && "seen" in surroundings.release ? surroundings.release.seen : undefined;
	if (release?.replicas === undefined)
		return {
			status: "warn",
			saw: `${managedBy} manages the StatefulSet`,
			hint: `keep the size in its values (etcd.replicaCount: ${goal.replicas}, or replicaCount for the etcd chart itself)`,
		};
	const saw = `${managedBy} renders ${name} with ${release.replicas} replicas`;
	if (release.replicas === goal.replicas) return { status: "pass", saw };
	return {
		status: "warn",
		saw: `${saw}, not ${goal.replicas}`,
		hint: release.value
			? `keep it in the values: helm upgrade … --reuse-values --set ${release.value}=${goal.replicas}`
			: `keep the size in its values: ${goal.replicas} replicas`,
	};
});
