import type { Claim, Pod, Volume } from "../../stored.ts";
import { NO_PROVISIONER, SELECTED_NODE } from "../../volumes/annotations.ts";
import { classOf, findVolume, suitsNode } from "../../volumes/match.ts";
import type { Cluster, Place } from "../cluster.ts";
import { type Filter, unresolvable } from "./filter.ts";

/** The names of the claims that the pod mounts, generic ephemeral ones included. */
export function claimNames(pod: Pod): string[] {
	return (pod.spec?.volumes ?? []).flatMap((volume) => {
		if (volume.persistentVolumeClaim) return [volume.persistentVolumeClaim.claimName];
		return volume.ephemeral ? [`${pod.metadata.name}-${volume.name}`] : [];
	});
}

const isBound = (claim: Claim): boolean =>
	claim.spec?.volumeName !== undefined && claim.metadata.annotations?.["pv.kubernetes.io/bind-completed"] !== undefined;

const isDelayed = (claim: Claim, cluster: Cluster): boolean =>
	cluster.storageClasses.get(classOf(claim))?.volumeBindingMode === "WaitForFirstConsumer";

/** What keeps the pod from every node, whichever: undefined when its claims are there and bound, or wait for it. */
export function unusableClaims(pod: Pod, cluster: Cluster): string | undefined {
	const claims: Claim[] = [];
	for (const name of claimNames(pod)) {
		const claim = cluster.claims.get(`${pod.metadata.namespace}/${name}`);
		if (!claim) return `persistentvolumeclaim ${JSON.stringify(name)} not found`;
		const lost = claim.status?.phase === "Lost";
		if (lost)
			return `persistentvolumeclaim ${JSON.stringify(name)} bound to non-existent persistentvolume ${JSON.stringify(claim.spec?.volumeName ?? "")}`;
		if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim ${JSON.stringify(name)} is being deleted`;
		claims.push(claim);
	}
	const unbound = claims.some((claim) => !isBound(claim) && !(isDelayed(claim, cluster) && !claim.spec?.volumeName));
	return unbound ? "pod has unbound immediate PersistentVolumeClaims" : undefined;
}

/** How a pod's unbound claims would be met on a node. */
export interface VolumePlan {
	bind: { claim: Claim; volume: Volume }[];
	provision: Claim[];
}

/** Bound volumes must be usable on the node, and each unbound claim have a volume there or someone to make one. */
export function planVolumes(pod: Pod, place: Place, cluster: Cluster): VolumePlan | string {
	const plan: VolumePlan = { bind: [], provision: [] };
	for (const name of claimNames(pod)) {
		const claim = cluster.claims.get(`${pod.metadata.namespace}/${name}`);
		if (!claim) continue;
		if (isBound(claim)) {
			const volume = cluster.volumes.find((candidate) => candidate.metadata.name === claim.spec?.volumeName);
			if (!volume) return "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";
			if (!suitsNode(volume, place.node)) return VOLUME_NODE_CONFLICT;
			continue;
		}
		const selected = claim.metadata.annotations?.[SELECTED_NODE];
		if (selected !== undefined && selected !== place.node.metadata.name) return NO_VOLUME;
		const taken = new Set(plan.bind.map(({ volume }) => volume.metadata.name));
		const volume = findVolume(claim, cluster.volumes, { node: place.node, taken, delayed: true });
		const provisioner = cluster.storageClasses.get(classOf(claim))?.provisioner;
		if (volume && selected === undefined) plan.bind.push({ claim, volume });
		else if (provisioner && provisioner !== NO_PROVISIONER) plan.provision.push(claim);
		else return NO_VOLUME;
	}
	return plan;
}

const VOLUME_NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity";
const NO_VOLUME = "node(s) didn't find available persistent volumes to bind";

export const volumeBinding: Filter = (pod, place, cluster) => {
	const plan = planVolumes(pod, place, cluster);
	return typeof plan === "string" ? unresolvable(plan) : undefined;
};
