import type { ExpectedData } from "../cluster/cleaner-pod.ts";
import type { CleanerOrigin, ClusterView } from "../cluster/cluster-view.ts";
import { isOfThisRun, isStatic, leftBy } from "./static-volumes.ts";

/** Whose data a volume must hold for a pod of ours to do anything with it. */
export function expectedData(view: ClusterView, claimName: string, ordinal: number): ExpectedData {
	const { etcd, storage } = view;
	const claim = view.claims.find(({ name }) => name === claimName);
	const left = claim && leftBy(view, claim);
	const member = etcd.members.find((one) => one.ordinal === ordinal)?.id ?? hex(left?.member);
	return {
		cluster: hex(left?.cluster) ?? etcd.clusterId,
		member,
		present: etcd.members.map(({ id }) => id),
		// with a volume for the data and one for the log, only one of them has it; what a learner has, is not known
		mustHoldLog: storage.filter(isStatic).length === 1 && (left ? !left.learner : !(claim && isOfThisRun(view, claim))),
	};
}

/** What a pod of ours is made for, by which its report is known as one of what there is now. */
export const madeFor = (
	{ statefulSet: { uid, generation }, claims }: ClusterView,
	claimName: string,
): CleanerOrigin => ({
	uid,
	generation,
	claimUid: claims.find(({ name }) => name === claimName)?.uid ?? "",
});

const hex = (id: string | undefined): bigint | undefined => (id === undefined ? undefined : BigInt(`0x${id}`));
