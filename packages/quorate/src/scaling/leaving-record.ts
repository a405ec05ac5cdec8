import { type ClusterView, memberAt, type PodView, podAt } from "../cluster/cluster-view.ts";
import type { LeavingRecord } from "../cluster/scaling-record.ts";

/** Written down, and of the member that is there now: an image may have added itself again under another id. */
export function isNoted(view: ClusterView, ordinal: number): boolean {
	const noted = view.statefulSet.record?.leaving;
	const member = memberAt(view, ordinal);
	return noted?.ordinal === ordinal && (!member || !noted.member || noted.member === member.id.toString(16));
}

/** What is known of a member that is about to leave, and of its data: what its volumes are emptied by, once it has left. */
export function leavingRecord(view: ClusterView, ordinal: number): LeavingRecord {
	const noted = view.statefulSet.record?.leaving;
	const pod = podAt(view, ordinal);
	const member = memberAt(view, ordinal);
	// another pod of that ordinal is another member's: one that left before and one that came after it
	if (noted?.ordinal === ordinal && (!pod || !noted.pod || noted.pod === pod.uid)) {
		if (isNoted(view, ordinal)) return noted;
		// its folder may hold the data of either: of the cluster, and of no present member, is what can be asked for
		const { member: _, ...either } = noted;
		return either;
	}
	const unused = member?.name === "" && pod?.phase === "Pending" && pod.restarts === 0 && cannotStart(view, pod);
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

/** What a container waits for that no kubelet starts, whatever else comes about. */
const NO_CONTAINER = /: (ErrImage\w+|ImagePullBackOff|ImageInspectError|InvalidImageName|CreateContainerConfigError)\b/;

/** Pending is no evidence: a container may be started while others are asked, and has written before its pod is taken away. */
function cannotStart({ nodes }: ClusterView, { node, trouble }: PodView): boolean {
	if (node === undefined || NO_CONTAINER.test(trouble ?? "")) return true;
	return nodes.some(({ name, ready }) => name === node && !ready);
}
