import { type ClusterView, type MemberView, podName } from "./cluster-view.ts";

/** What to do where pods are members of different clusters, each of which counts on one of another; undefined where they are not. */
export function twoClustersHint({ etcd, statefulSet: set }: ClusterView): string | undefined {
	const clusters = new Map<bigint, MemberView[]>();
	for (const member of etcd.members) {
		const id = member.status?.clusterId;
		if (id !== undefined) clusters.set(id, [...(clusters.get(id) ?? []), member]);
	}
	if (etcd.trouble === undefined || clusters.size < 2) return undefined;
	const [most = [], ...others] = [...clusters.values()].sort((one, other) => other.length - one.length);
	const last = Math.max(...most.map(ordinalOf));
	const apart = others.flat();
	const args = `sts/${set.name} -n ${set.namespace} --replicas`;
	const replicas = last - set.firstOrdinal + 1;
	// going down takes away the last pods, and only those
	if (most.length === replicas && apart.length < most.length && apart.every((member) => ordinalOf(member) > last))
		return `${apart.map((member) => podName(set, ordinalOf(member))).join(", ")} lost its data and began a cluster of its own: take its pod away (kubectl scale ${args}=${replicas}), then its member and volume (quorate scale ${args} ${replicas}); growing again lets in a new one`;
	return `see which of them holds the data (quorate snapshot save FILE --pod NAME -n ${set.namespace} saves what one has); the others have to be taken out of its member list, and their volumes emptied, before they start again`;
}

const ordinalOf = ({ ordinal }: MemberView): number => ordinal ?? -1;
