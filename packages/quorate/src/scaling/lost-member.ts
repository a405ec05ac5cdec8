import {
	type ClusterView,
	hasVote,
	isHealthy,
	type MemberView,
	podOf,
	quorum,
	voters,
} from "../cluster/cluster-view.ts";
import type { Goal } from "./goal.ts";

/**
 * The last voter, where it does not answer, all others are well, and fewer members are wanted: it is taken out as it is, which leaves as
 * many failures to tolerate as before, and lets a new one in. Pure.
 */
export function givenUp(view: ClusterView, goal: Goal): MemberView | undefined {
	const all = voters(view);
	const last = view.statefulSet.firstOrdinal + all.length - 1;
	const member = all.find(({ ordinal }) => ordinal === last);
	if (!member || member.status || goal.replicas >= all.length) return undefined;
	const others = all.filter((other) => other !== member);
	return others.length >= quorum(all.length) && others.every(isHealthy) ? member : undefined;
}

/** How a member that does not answer comes back, and what to do where its data is lost. */
export function lostMemberHint(view: ClusterView, member: MemberView): string {
	const { name, namespace, firstOrdinal } = view.statefulSet;
	const target = `sts/${name} -n ${namespace}`;
	const pod = podOf(view, member)?.name ?? member.name;
	const describe = `kubectl describe pod ${pod} -n ${namespace}`;
	const all = voters(view);
	const rest = all.length - 1;
	const goal: Goal = { replicas: rest, snapshot: true };
	if (givenUp(view, goal) === member) {
		const force = rest === 1 ? " --force" : "";
		return `bring ${pod} back: ${describe}; if its data is lost, take it out and grow again: quorate scale ${target} --replicas ${rest}${force}; then quorate scale ${target} --replicas ${all.length}`;
	}
	const enough = all.filter((other) => other !== member && hasVote(other)).length >= quorum(all.length);
	const isOurs = member.ordinal !== undefined && member.ordinal < firstOrdinal + all.length;
	if (!enough || !isOurs) return `bring ${pod} back first: ${describe}`;
	return `bring ${pod} back: ${describe}; if its data is lost, begin all members again from a snapshot, which stops etcd for that time: quorate snapshot save ${name}.db ${target}; then quorate snapshot restore ${name}.db ${target} --runbook`;
}
