import { advice, type CheckAbout } from "./check.ts";

const about: CheckAbout = {
	id: "claims-retained",
	group: "storage",
	passes: "Claims stay when the StatefulSet is scaled down by hand",
	why: "whoever lowers the replicas by mistake loses the data of members that still vote",
	todo: "set persistentVolumeClaimRetentionPolicy.whenScaled to Retain; Quorate deletes claims itself, when their members have left",
};

export const retention = advice(about, ({ view }) => {
	const used = new Set(view.claims.flatMap((claim) => claim.volume ?? []));
	const policies = view.volumes
		.filter(({ name }) => used.has(name))
		.map(({ spec }) => spec.persistentVolumeReclaimPolicy ?? "Retain");
	const reclaim = [...new Set(policies)].sort().join(", ");
	const volumes = reclaim ? `; reclaim policy of the volumes: ${reclaim}` : "";
	if (view.storage.length === 0) return { status: "pass", saw: "there are no claims" };
	if (view.statefulSet.deletesClaims)
		return { status: "warn", saw: `the controller deletes claims when it scales down${volumes}` };
	return { status: "pass", saw: `claims are kept${volumes}` };
});
