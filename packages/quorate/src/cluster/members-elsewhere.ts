import { type ClusterView, type MemberView, ordinalOf, type StatefulSetView } from "./cluster-view.ts";
import { isKnown } from "./start/environment.ts";
import { hostOf } from "./start/hosts.ts";
import { templateValue } from "./start/template-value.ts";

/** A member, or one that a snapshot or a template names. */
export interface Named {
	readonly name: string;
	readonly peerURLs: readonly string[];
}

/** The pod that a member must run in, which is none of the StatefulSet. */
export interface PodElsewhere {
	readonly pod: string;
	/** the StatefulSet that gives a pod such a name */
	readonly set: string;
	readonly namespace: string;
}

/** A member of the cluster that is no pod of the StatefulSet. */
export interface MemberElsewhere {
	readonly member: MemberView;
	/** as `StatefulSet/etcd-b`; undefined: nothing in this namespace is known to run it */
	readonly owner: string | undefined;
	/** undefined: neither its name nor its peer URL is a pod's */
	readonly at: PodElsewhere | undefined;
}

/**
 * Members that cannot be pods of this StatefulSet: another's pod runs them, their name or peer URL is that of another's pod, or there are
 * more of them than pods that they could be. Pure.
 */
export function membersElsewhere(view: ClusterView): readonly MemberElsewhere[] {
	const found = FOUND.get(view) ?? findElsewhere(view);
	FOUND.set(view, found);
	return found;
}

/** A view never changes, and several ask of the same one. */
const FOUND = new WeakMap<ClusterView, readonly MemberElsewhere[]>();

function findElsewhere(view: ClusterView): readonly MemberElsewhere[] {
	const set = view.statefulSet;
	// what answers from a pod of ours is ours, whatever it is called
	const doubtful = view.etcd.members.filter(
		({ ordinal, status, peerURLs }) => ordinal === undefined || (!status && isOfOtherNamespace(set, peerURLs)),
	);
	if (doubtful.length === 0) return [];
	const { isOwn, elsewhere } = namesOf(set);
	const found = doubtful.flatMap((member): (MemberElsewhere & { sure: boolean })[] => {
		const at = elsewhere(member);
		const owner = ownerOf(view, member, at);
		const sure = member.outside !== undefined || at !== undefined;
		// one that has never started and that nothing is known to run holds no data
		const counts = member.outside !== undefined || owner !== undefined || (member.name !== "" && !isOwn(member));
		return counts && (sure || member.ordinal === undefined) ? [{ member, owner, at, sure }] : [];
	});
	const unsure = found.filter(({ sure }) => !sure).length;
	return found
		.filter(({ sure }) => sure || unsure > podsWithoutMember(view))
		.sort((one, other) => (one.member.name < other.member.name ? -1 : 1));
}

/** Other StatefulSets of the namespace run members of the cluster, or are told to. */
export const spansSets = (view: ClusterView): boolean => ownersElsewhere(membersElsewhere(view)).length > 0;

/** Those of `named` that cannot be pods of the StatefulSet, where others of them are. */
export function namedElsewhere(set: StatefulSetView, named: readonly Named[]): readonly PodElsewhere[] {
	const { isOwn, elsewhere } = namesOf(set);
	return named.some(isOwn) ? named.flatMap((one) => elsewhere(one) ?? []) : [];
}

/** The same of the members that the template begins a cluster with. */
export function templateElsewhere(set: StatefulSetView): readonly PodElsewhere[] {
	const text = templateValue(set, "initial-cluster")(set.firstOrdinal) ?? "";
	const named = text.split(",").flatMap((entry): Named[] => {
		const [name, url] = entry.split(/=(.*)/s);
		return name && url && isKnown(entry) ? [{ name: name.trim(), peerURLs: [url.trim()] }] : [];
	});
	return namedElsewhere(set, named);
}

/** Each once, as `StatefulSet/etcd-b`. */
export function ownersElsewhere(found: readonly MemberElsewhere[]): readonly string[] {
	return [...new Set(found.flatMap(({ owner }) => owner ?? []))].sort();
}

function ownerOf({ otherSets }: ClusterView, { outside }: MemberView, at: PodElsewhere | undefined) {
	if (outside?.owner !== undefined) return outside.owner;
	return at && otherSets?.some(({ name, namespace }) => name === at.set && namespace === at.namespace)
		? `StatefulSet/${at.set}`
		: undefined;
}

/** Ordinals that have a pod, a claim or a replica, and of which no member is known. */
function podsWithoutMember({ statefulSet: set, pods, claims, etcd }: ClusterView): number {
	const replicas = Array.from({ length: set.replicas }, (_, index) => set.firstOrdinal + index);
	const ordinals = new Set([...replicas, ...[...pods, ...claims].map(({ ordinal }) => ordinal)]);
	for (const { ordinal } of etcd.members) if (ordinal !== undefined) ordinals.delete(ordinal);
	return ordinals.size;
}

/** Beyond any cluster of etcd, and cheap. */
const MOST_ORDINALS = 16;

/** Tells by name and peer URL whose pod a member is: where the template says what these are in its own pods. */
function namesOf(set: StatefulSetView) {
	const name = templateValue(set, "name");
	const urls = templateValue(set, "initial-advertise-peer-urls");
	const ordinals = Array.from({ length: Math.max(MOST_ORDINALS, set.replicas) }, (_, at) => set.firstOrdinal + at);
	const names = new Set(ordinals.map(name).filter(isKnown));
	const madeURLs = new Set(ordinals.flatMap((ordinal) => urls(ordinal)?.split(",") ?? []).filter(isKnown));
	const [isNameTold, areURLsTold] = [isKnown(name(set.firstOrdinal)), isKnown(urls(set.firstOrdinal))];
	const isOwn = ({ name, peerURLs }: Named): boolean =>
		peerURLs.some((url) => madeURLs.has(url)) ||
		(!isOfOtherNamespace(set, peerURLs) &&
			(names.has(name) || [name, ...peerURLs.map(firstLabel)].some((pod) => ordinalOf(pod, set.name) !== undefined)));
	const elsewhere = (member: Named): PodElsewhere | undefined => {
		if (isOwn(member)) return undefined;
		const pods = [...(areURLsTold ? member.peerURLs.map(firstLabel) : []), ...(isNameTold ? [member.name] : [])];
		const namespace = namespaceOf(set, member.peerURLs[0] ?? "");
		return pods.flatMap((pod) => {
			const maker = /^([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)-(?:0|[1-9]\d*)$/.exec(pod)?.[1];
			return maker === undefined ? [] : [{ pod, set: maker, namespace }];
		})[0];
	};
	return { isOwn, elsewhere };
}

const firstLabel = (url: string): string => hostOf(url)?.split(".")[0] ?? "";

/** As a governing Service names pods: `pod.service.namespace.svc`. */
function namespaceOf(set: StatefulSetView, url: string): string {
	const [, , namespace = set.namespace, svc] = hostOf(url)?.split(".") ?? [];
	return svc === "svc" ? namespace : set.namespace;
}

const isOfOtherNamespace = (set: StatefulSetView, peerURLs: readonly string[]): boolean =>
	peerURLs.length > 0 && peerURLs.every((url) => namespaceOf(set, url) !== set.namespace);
