import { type ClusterView, memberAt, podAt } from "../cluster/cluster-view.ts";
import type { LeavingRecord } from "../cluster/scaling-record.ts";

/** What is known of a member that is about to leave, and of its data: what its volumes are emptied by, once it has left. */
export function leavingRecord(view: ClusterView, ordinal: number): LeavingRecord {
	const noted = view.statefulSet.record?.leaving;
	const pod = podAt(view, ordinal);
	// another pod of that ordinal is another member's: one that left before and one that came after it
	if (noted?.ordinal === ordinal && (!pod || !noted.pod || noted.pod === pod.uid)) return noted;
	const member = memberAt(view, ordinal);
	const unused = member?.name === "" && pod?.phase === "Pending" && pod.restarts === 0;
	const claims = view.claims.filter((claim) => claim.ordinal === ordinal);
	return {
		ordinal,
		...(pod?.node ? { node: pod.node } : {}),
		...(pod ? { pod: pod.uid } : {}),
		...(member ? { member: member.id.toString(16), cluster: view.etcd.clusterId.toString(16) } : {}),
		...(member?.isLearner ? { learner: true } : {}),
		...(unused ? { unused: true } : {}),
		claims: claims.map(({ name, uid }) => ({ name, uid })),
	};
}
