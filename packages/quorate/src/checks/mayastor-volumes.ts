import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "volumes-healthy",
	group: "mayastor",
	passes: "No volume of Mayastor has a replica that is faulted or being rebuilt, as Mayastor's own keys tell",
	why: "should another replica fail while etcd does not answer, Mayastor freezes the volume's I/O until it does",
	todo: "wait for the rebuild: `kubectl mayastor get volumes`",
};

const TOLD = 3;

export const mayastorVolumes = check(about, ({ surroundings }) => {
	if (!surroundings) return { status: "skip", saw: "not looked at" };
	if ("unseen" in surroundings.replicas) return { status: "skip", saw: `not known: ${surroundings.replicas.unseen}` };
	const { volumes, degraded } = surroundings.replicas.seen;
	if (degraded.length === 0) return { status: "pass", saw: `${volumes} volumes, none degraded or rebuilding` };
	const more = degraded.length > TOLD ? ` and ${degraded.length - TOLD} more` : "";
	return {
		status: "fail",
		saw: `${degraded.length} of ${volumes} volumes degraded or rebuilding: ${degraded.slice(0, TOLD).join(", ")}${more}`,
	};
});
