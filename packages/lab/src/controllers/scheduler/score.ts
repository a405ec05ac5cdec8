import type { PodAffinityTerm } from "kubernetes-types/core/v1";
import { matchesNodeTerm } from "../node-selector.ts";
import { controllerOf } from "../owners.ts";
import type { Pod } from "../stored.ts";
import type { Cluster, Place } from "./cluster.ts";
import { inSameDomain, termMatches } from "./filters/pod-affinity.ts";
import { requestsOf } from "./filters/resources.ts";
import { tolerates } from "./filters/taints.ts";

const ZONE = "topology.kubernetes.io/zone";

/** Marks of one node, the weightier first: a later mark counts only where the earlier ones are equal. More is better. */
function marks(pod: Pod, place: Place, cluster: Cluster): number[] {
	const owner = controllerOf(pod)?.uid;
	const siblings = (pods: readonly Pod[]) => pods.filter((other) => owner && controllerOf(other)?.uid === owner).length;
	const cpu = place.pods.reduce((sum, other) => sum + (requestsOf(other).get("cpu") ?? 0n), 0n);
	return [
		preferences(pod, place, cluster),
		-siblings(place.pods),
		-siblings(inSameDomain(place, ZONE, cluster)),
		-place.pods.length,
		-Number(cpu),
	];
}

function preferences(pod: Pod, place: Place, cluster: Cluster): number {
	const { nodeAffinity, podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
	const near = ({ weight, podAffinityTerm }: { weight: number; podAffinityTerm: PodAffinityTerm }) =>
		weight *
		inSameDomain(place, podAffinityTerm.topologyKey, cluster).filter((other) =>
			termMatches(podAffinityTerm, pod, other, cluster),
		).length;
	const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
	const liked = (nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).filter(({ preference }) =>
		matchesNodeTerm(preference, place.node),
	);
	const disliked = (place.node.spec?.taints ?? []).filter(
		(taint) => taint.effect === "PreferNoSchedule" && !tolerates(pod.spec?.tolerations, taint),
	);
	return (
		sum(liked.map(({ weight }) => weight)) +
		sum((podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(near)) -
		sum((podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(near)) -
		100 * disliked.length
	);
}

/** The best of the places that will do: by preferences, then spread over hosts and zones, then the emptiest; ties by name. */
export function bestPlace(pod: Pod, places: readonly Place[], cluster: Cluster): Place | undefined {
	const marked = places.map((place) => ({ place, marks: marks(pod, place, cluster) }));
	marked.sort((a, b) => {
		const index = a.marks.findIndex((mark, at) => mark !== b.marks[at]);
		if (index >= 0) return (b.marks[index] ?? 0) - (a.marks[index] ?? 0);
		return a.place.node.metadata.name < b.place.node.metadata.name ? -1 : 1;
	});
	return marked[0]?.place;
}
