import type { TopologySpreadConstraint } from "kubernetes-types/core/v1";
import { matchesSelector } from "../../selector.ts";
import type { Pod } from "../../stored.ts";
import type { Cluster } from "../cluster.ts";
import { type Filter, inTheWay, unresolvable } from "./filter.ts";
import { nodeAffinity } from "./node.ts";

/** `topologySpreadConstraints` with `whenUnsatisfiable: DoNotSchedule`. */
export const topologySpread: Filter = (pod, place, cluster) => {
	for (const constraint of pod.spec?.topologySpreadConstraints ?? []) {
		if (constraint.whenUnsatisfiable !== "DoNotSchedule") continue;
		const domain = place.node.metadata.labels?.[constraint.topologyKey];
		if (domain === undefined) {
			return unresolvable("node(s) didn't match pod topology spread constraints (missing required label)");
		}
		const counts = countByDomain(pod, constraint, cluster);
		const least = Math.min(...counts.values());
		const lowest = counts.size < (constraint.minDomains ?? 1) ? 0 : least;
		const self = matchesSelector(constraint.labelSelector, pod.metadata.labels) ? 1 : 0;
		if ((counts.get(domain) ?? 0) + self - lowest > constraint.maxSkew) {
			return inTheWay("node(s) didn't match pod topology spread constraints");
		}
	}
	return undefined;
};

function countByDomain(pod: Pod, constraint: TopologySpreadConstraint, cluster: Cluster): Map<string, number> {
	const counts = new Map<string, number>();
	for (const place of cluster.places) {
		const domain = place.node.metadata.labels?.[constraint.topologyKey];
		// nodes that the pod may not go to anyway are not counted
		if (domain === undefined || nodeAffinity(pod, place, cluster)) continue;
		const here = place.pods.filter(
			(other) =>
				other.metadata.namespace === pod.metadata.namespace &&
				!other.metadata.deletionTimestamp &&
				matchesSelector(constraint.labelSelector, other.metadata.labels),
		);
		counts.set(domain, (counts.get(domain) ?? 0) + here.length);
	}
	return counts;
}
