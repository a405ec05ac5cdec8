import { type ClusterView, hasVote, type MemberView, podOf, quorum, voters } from "../cluster/cluster-view.ts";
import { membersElsewhere } from "../cluster/members-elsewhere.ts";
import { MOST_MEMBERS } from "./goal.ts";
import { goingDown } from "./going-down.ts";

/** How a member that does not answer comes back, and what to do where its data is lost. */
export function lostMemberHint(view: ClusterView, member: MemberView): string {
	const { name, namespace, firstOrdinal } = view.statefulSet;
	const target = `sts/${name} -n ${namespace}`;
	const pod = podOf(view, member)?.name ?? member.name;
	const describe = `kubectl describe pod ${pod} -n ${namespace}`;
	const all = voters(view);
	const enough = all.filter((other) => other !== member && hasVote(other)).length >= quorum(all.length);
	const isOurs = member.ordinal !== undefined && member.ordinal < firstOrdinal + all.length;
	// neither a size of this StatefulSet nor a restore of its pods alone is one of the cluster
	if (!enough || !isOurs || membersElsewhere(view).length > 0) return `bring ${pod} back first: ${describe}`;
	const fewer = (member.ordinal ?? 0) - firstOrdinal;
	// what cannot be emptied where it is can be left there
	const way = [false, true].find((keepVolumes) => goingDown(view, { replicas: fewer, keepVolumes }).includes(member));
	if (fewer > 0 && way !== undefined && !view.etcd.sides) {
		const force = `${fewer === 1 || fewer > MOST_MEMBERS ? " --force" : ""}${way ? " --keep-volumes" : ""}`;
		return `bring ${pod} back: ${describe}; if its data is lost, take it out: quorate scale ${target} --replicas ${fewer}${force}; and then grow again`;
	}
	return `bring ${pod} back: ${describe}; if its data is lost, begin all members again from a snapshot, which stops etcd for that time: quorate snapshot save ${name}.db ${target}; then quorate snapshot restore ${name}.db ${target} --runbook`;
}
