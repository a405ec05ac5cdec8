import { type ClusterView, type MemberView, memberAt, type PodView, podAt, voters } from "../cluster/cluster-view.ts";
import type { LeavingRecord, ScalingRecord } from "../cluster/scaling-record.ts";

/** Written down, and of the member that is there now: an image may have added itself again under another id. */
export function isNoted(view: ClusterView, ordinal: number): boolean {
	const noted = view.statefulSet.record?.leaving;
	return noted?.ordinal === ordinal && isSame(noted, memberAt(view, ordinal));
}

const isSame = (noted: LeavingRecord, member: MemberView | undefined): boolean =>
	!member || !noted.member || noted.member === member.id.toString(16);

/**
 * Notes who leaves next. Who left before stays noted while there are claims of its to clear; and one that leaves before the last change was proven
 * does not make it undone: there is a proof to come.
 */
export function withLeaving(view: ClusterView, record: ScalingRecord, ordinal: number): ScalingRecord {
	const { leaving: _, left: __, ...rest } = unprovenSince(view, record);
	const left = uncleared(view).filter((noted) => noted.ordinal !== ordinal);
	return { ...rest, leaving: leavingRecord(view, ordinal), ...(left.length > 0 ? { left } : {}) };
}

function unprovenSince(view: ClusterView, record: ScalingRecord): ScalingRecord {
	const count = voters(view).length;
	if ((record.proven?.voters ?? record.voters ?? record.from) >= count) return record;
	const { proven: _, ...rest } = record;
	return { ...rest, voters: count };
}

function uncleared(view: ClusterView): LeavingRecord[] {
	const { leaving, left = [] } = view.statefulSet.record ?? {};
	return [...(leaving ? [leaving] : []), ...left].filter(
		({ ordinal, claims }) =>
			!memberAt(view, ordinal) && view.claims.some(({ uid }) => claims?.some((claim) => claim.uid === uid)),
	);
}

/** What is known of a member that is about to leave, and of its data: what its volumes are emptied by, once it has left. */
function leavingRecord(view: ClusterView, ordinal: number): LeavingRecord {
	const { leaving } = view.statefulSet.record ?? {};
	const noted = leaving?.ordinal === ordinal ? leaving : uncleared(view).find((one) => one.ordinal === ordinal);
	const pod = podAt(view, ordinal);
	const member = memberAt(view, ordinal);
	// another pod of that ordinal is another member's: one that left before and one that came after it
	if (noted && (!pod || !noted.pod || noted.pod === pod.uid)) {
		if (isSame(noted, member)) return noted;
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
