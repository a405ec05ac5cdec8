import { type ClusterView, hasVote, type MemberView, podAt, podOf, quorum, voters } from "../cluster/cluster-view.ts";

/** How a member that does not answer comes back, and what to do where its data is lost. */
export function lostMemberHint(view: ClusterView, member: MemberView): string {
	const { name, namespace, firstOrdinal } = view.statefulSet;
	const target = `sts/${name} -n ${namespace}`;
	const pod = podOf(view, member)?.name ?? member.name;
	const describe = `kubectl describe pod ${pod} -n ${namespace}`;
	const all = voters(view);
	const enough = all.filter((other) => other !== member && hasVote(other)).length >= quorum(all.length);
	const isOurs = member.ordinal !== undefined && member.ordinal < firstOrdinal + all.length;
	if (!enough || !isOurs) return `bring ${pod} back first: ${describe}`;
	// the last pod can be scaled away, if it does not answer and its node can end it: no other is touched
	const own = member.ordinal === undefined ? undefined : podAt(view, member.ordinal);
	const ends = own?.running && view.nodes.some((node) => node.name === own.node && node.ready);
	const isLast = all.length > 1 && member.ordinal === firstOrdinal + all.length - 1;
	if (isLast && ends && !member.status && !view.etcd.sides) {
		const fewer = all.length - 1;
		return `bring ${pod} back: ${describe}; if its data is lost, take it out: kubectl scale ${target} --replicas=${fewer}; then, once its pod is gone, quorate scale ${target} --replicas ${fewer}, and grow again`;
	}
	return `bring ${pod} back: ${describe}; if its data is lost, begin all members again from a snapshot, which stops etcd for that time: quorate snapshot save ${name}.db ${target}; then quorate snapshot restore ${name}.db ${target} --runbook`;
}
