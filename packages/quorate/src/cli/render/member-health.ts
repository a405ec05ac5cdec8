import {
	type ClusterView,
	hasVote,
	isCaughtUp,
	type MemberView,
	memberAt,
	type PodView,
} from "../../cluster/cluster-view.ts";

/** A member's state in a word; stable, for scripts. */
export type MemberHealth = "healthy" | "behind" | "alarm" | "failing" | "no-leader" | "unreachable" | "unstarted";

export function memberHealth(member: MemberView): MemberHealth {
	if (member.name === "") return "unstarted";
	if (member.status === undefined) return "unreachable";
	if (member.status.leader === 0n) return "no-leader";
	if (!hasVote(member)) return "failing";
	if (member.status.errors.length > 0) return "alarm";
	return isCaughtUp(member) ? "healthy" : "behind";
}

/** Why it is not healthy, in etcd's or Kubernetes' own words. */
export function memberTrouble(member: MemberView, pod: PodView | undefined): string | undefined {
	if (memberHealth(member) === "healthy") return undefined;
	const told = member.trouble ?? (member.status?.errors.join(", ") || undefined);
	return [told, pod?.trouble].filter((text) => text !== undefined).join("; ") || undefined;
}

/** A member with its pod, a member without one, or a pod that is no member. */
export interface MemberRow {
	readonly name: string;
	readonly member: MemberView | undefined;
	readonly pod: PodView | undefined;
	readonly volumes: readonly string[];
}

/** In the order of the ordinals; members that are no pod at the end. */
export function memberRows(view: ClusterView): readonly MemberRow[] {
	const volumesOf = (ordinal: number) =>
		view.claims.filter((claim) => claim.ordinal === ordinal).map(({ volume, phase }) => volume ?? phase);
	const members = view.etcd.members.map((member) => ({
		name: member.name || "(unstarted)",
		member,
		pod: view.pods.find((pod) => pod.ordinal === member.ordinal),
		volumes: member.ordinal === undefined ? [] : volumesOf(member.ordinal),
		at: member.ordinal ?? Number.POSITIVE_INFINITY,
	}));
	const others = view.pods
		.filter((pod) => memberAt(view, pod.ordinal) === undefined)
		.map((pod) => ({ name: pod.name, member: undefined, pod, volumes: volumesOf(pod.ordinal), at: pod.ordinal }));
	return [...members, ...others].sort((a, b) => a.at - b.at || 0);
}
