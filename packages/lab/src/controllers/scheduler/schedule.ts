import type { Pod } from "../stored.ts";
import type { Cluster, Place } from "./cluster.ts";
import type { Filter, Rejection } from "./filters/filter.ts";
import { nodeAffinity, nodeName, nodePorts } from "./filters/node.ts";
import { interPodAffinity } from "./filters/pod-affinity.ts";
import { resourcesFit } from "./filters/resources.ts";
import { nodeUnschedulable, taintToleration } from "./filters/taints.ts";
import { topologySpread } from "./filters/topology-spread.ts";
import { planVolumes, unusableClaims, type VolumePlan, volumeBinding } from "./filters/volumes.ts";
import { unschedulableMessage } from "./message.ts";
import { bestPlace } from "./score.ts";

/** In the real scheduler's order: the first that rejects a node gives the reason. */
const FILTERS: readonly Filter[] = [
	nodeUnschedulable,
	nodeName,
	taintToleration,
	nodeAffinity,
	nodePorts,
	resourcesFit,
	volumeBinding,
	topologySpread,
	interPodAffinity,
];

export type Verdict = { place: Place; volumes: VolumePlan } | { message: string };

/**
 * Finds the node for a pod, or the message that says why there is none.
 * @param preferred the node that its volumes were prepared for: taken where it still will do
 */
export function schedule(pod: Pod, cluster: Cluster, preferred?: string): Verdict {
	const { places } = cluster;
	const nowhere = places.length > 0 ? unusableClaims(pod, cluster) : undefined;
	if (nowhere) return { message: unschedulableMessage(nowhere, places.length) };
	const rejections: Rejection[] = [];
	const possible = places.filter((place) => {
		const rejection = firstRejection(pod, place, cluster);
		if (rejection) rejections.push(rejection);
		return !rejection;
	});
	const prepared = possible.find(({ node }) => node.metadata.name === preferred);
	const place = prepared ?? bestPlace(pod, possible, cluster);
	const volumes = place && planVolumes(pod, place, cluster);
	if (!place || !volumes || typeof volumes === "string") {
		return { message: unschedulableMessage(rejections, places.length) };
	}
	return { place, volumes };
}

function firstRejection(pod: Pod, place: Place, cluster: Cluster): Rejection | undefined {
	for (const filter of FILTERS) {
		const rejection = filter(pod, place, cluster);
		if (rejection) return rejection;
	}
	return undefined;
}
