import type { PodAffinityTerm } from "kubernetes-types/core/v1";
import { matchesSelector } from "../../selector.ts";
import type { Pod } from "../../stored.ts";
import type { Cluster, Place } from "../cluster.ts";
import { type Filter, inTheWay, unresolvable } from "./filter.ts";

/** Whether `term` of `owner` speaks of `pod`. */
export function termMatches(term: PodAffinityTerm, owner: Pod, pod: Pod, cluster: Cluster): boolean {
	return inNamespaces(term, owner, pod, cluster) && matchesSelector(withMatchKeys(term, owner), pod.metadata.labels);
}

function inNamespaces(term: PodAffinityTerm, owner: Pod, pod: Pod, cluster: Cluster): boolean {
	const { namespace } = pod.metadata;
	if (term.namespaces?.includes(namespace)) return true;
	if (term.namespaceSelector) return matchesSelector(term.namespaceSelector, cluster.namespaceLabels.get(namespace));
	return !term.namespaces?.length && namespace === owner.metadata.namespace;
}

/** `matchLabelKeys`: the selector also wants the owner's own values of those labels. */
function withMatchKeys(term: PodAffinityTerm, owner: Pod): PodAffinityTerm["labelSelector"] {
	const { matchLabelKeys = [] } = term as { matchLabelKeys?: string[] };
	if (!term.labelSelector || matchLabelKeys.length === 0) return term.labelSelector;
	const own = matchLabelKeys.flatMap((key) => {
		const value = owner.metadata.labels?.[key];
		return value === undefined ? [] : [[key, value]];
	});
	return { ...term.labelSelector, matchLabels: { ...term.labelSelector.matchLabels, ...Object.fromEntries(own) } };
}

/** The pods that lie in the same domain (host, zone …) as the place. */
export function inSameDomain(place: Place, topologyKey: string, cluster: Cluster): readonly Pod[] {
	const domain = place.node.metadata.labels?.[topologyKey];
	if (domain === undefined) return [];
	return cluster.places
		.filter(({ node }) => node.metadata.labels?.[topologyKey] === domain)
		.flatMap(({ pods }) => pods);
}

const required = (pod: Pod, which: "podAffinity" | "podAntiAffinity"): readonly PodAffinityTerm[] =>
	pod.spec?.affinity?.[which]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];

/** Required affinity and anti-affinity, the pod's own and that of pods which are there already. */
export const interPodAffinity: Filter = (pod, place, cluster) => {
	if (!affinityHolds(pod, place, cluster)) return unresolvable("node(s) didn't match pod affinity rules");
	const repels = required(pod, "podAntiAffinity").some((term) =>
		inSameDomain(place, term.topologyKey, cluster).some((other) => termMatches(term, pod, other, cluster)),
	);
	if (repels) return inTheWay("node(s) didn't match pod anti-affinity rules");
	const repelled = cluster.places.some((other) =>
		other.pods.some((there) =>
			required(there, "podAntiAffinity").some(
				(term) => sameDomain(place, other, term.topologyKey) && termMatches(term, there, pod, cluster),
			),
		),
	);
	return repelled ? inTheWay("node(s) didn't satisfy existing pods anti-affinity rules") : undefined;
};

function sameDomain(a: Place, b: Place, topologyKey: string): boolean {
	const domain = a.node.metadata.labels?.[topologyKey];
	return domain !== undefined && domain === b.node.metadata.labels?.[topologyKey];
}

function affinityHolds(pod: Pod, place: Place, cluster: Cluster): boolean {
	const terms = required(pod, "podAffinity");
	if (terms.length === 0) return true;
	if (terms.some((term) => place.node.metadata.labels?.[term.topologyKey] === undefined)) return false;
	const met = terms.every((term) =>
		inSameDomain(place, term.topologyKey, cluster).some((other) => termMatches(term, pod, other, cluster)),
	);
	// the first of a group that wants to be near itself may go anywhere
	const nobody = () =>
		!terms.some((term) =>
			cluster.places.some(({ pods }) => pods.some((other) => termMatches(term, pod, other, cluster))),
		);
	return met || (nobody() && terms.every((term) => termMatches(term, pod, pod, cluster)));
}
