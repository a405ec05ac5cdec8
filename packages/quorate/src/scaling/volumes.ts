import type { VolumeNodeAffinity } from "kubernetes-types/core/v1";
import {
	type ClaimView,
	type ClusterView,
	claimName,
	type NodeView,
	podAt,
	podName,
	type StorageView,
	type VolumeView,
} from "../cluster/cluster-view.ts";
import type { Blocked, NewVolume } from "./step.ts";

export type VolumesDecision = { kind: "ok"; missing: readonly NewVolume[] } | { kind: "blocked"; blocked: Blocked };

/**
 * The static volumes that must be made before the pod of `ordinal` can start: none where a provisioner makes them. A new one is
 * modelled on those of the present ordinals: same class, size and options, its name and path with the new ordinal.
 */
export function volumesFor(view: ClusterView, ordinal: number): VolumesDecision {
	const missing: NewVolume[] = [];
	for (const storage of view.storage) {
		const name = claimName(view.statefulSet, storage.template, ordinal);
		const stale = view.claims.find((claim) => claim.name === name);
		if (stale) return { kind: "blocked", blocked: staleClaim(view, stale, ordinal) };
		if (storage.provisioner !== undefined) continue;
		const reserved = view.volumes.find(
			(v) => v.claim?.namespace === view.statefulSet.namespace && v.claim.name === name,
		);
		if (reserved && reserved.phase !== "Released" && reserved.phase !== "Failed") continue;
		if (reserved) return { kind: "blocked", blocked: staleVolume(reserved) };
		const volume = newVolume(view, storage, ordinal, name);
		if ("reason" in volume) {
			// a volume of the class that nobody claims will do as well
			if (view.volumes.some((v) => isFree(v, storage))) continue;
			return { kind: "blocked", blocked: volume };
		}
		missing.push(volume);
	}
	return { kind: "ok", missing };
}

function newVolume(view: ClusterView, storage: StorageView, ordinal: number, claim: string): NewVolume | Blocked {
	const models = view.claims
		.filter((c) => c.template === storage.template && c.volume !== undefined && c.ordinal < ordinal)
		.sort((a, b) => b.ordinal - a.ordinal);
	for (const model of models) {
		const volume = view.volumes.find((v) => v.name === model.volume);
		const name = volume && withOrdinal(volume.name, model.ordinal, ordinal);
		const path = volume?.spec.hostPath?.path ?? volume?.spec.local?.path;
		const newPath = path && withOrdinal(path, model.ordinal, ordinal);
		if (!volume || !name || !newPath) continue;
		if (view.volumes.some((v) => v.name === name)) continue;
		const node = chooseNode(view);
		if (!node)
			return {
				reason: "NoNodeForVolume",
				message: `no node is left for the volume of ${podName(view.statefulSet, ordinal)}`,
				hint: "add a node, or uncordon one: kubectl get nodes",
			};
		const { hostPath, local, claimRef: _bound, nodeAffinity: _node, ...rest } = volume.spec;
		return {
			name,
			claim,
			node: node.name,
			labels: {
				...withoutPodName(volume.labels),
				"statefulset.kubernetes.io/pod-name": podName(view.statefulSet, ordinal),
			},
			annotations: helmAnnotations(volume),
			spec: {
				...rest,
				...(hostPath ? { hostPath: { ...hostPath, path: newPath } } : {}),
				...(local ? { local: { ...local, path: newPath } } : {}),
				claimRef: {
					apiVersion: "v1",
					kind: "PersistentVolumeClaim",
					namespace: view.statefulSet.namespace,
					name: claim,
				},
				nodeAffinity: onNode(node),
			},
		};
	}
	return {
		reason: "NoVolumeToModel",
		message: `class ${storage.className || '""'} has no provisioner, and the present volumes are no pattern for ${claim} (hostPath or local, with the ordinal in name and path)`,
		hint: `make a PersistentVolume of class ${storage.className || '""'} (${storage.request}, ${storage.accessModes.join(",")}) with claimRef ${view.statefulSet.namespace}/${claim}, then run the same command again`,
	};
}

/** A schedulable node without a pod of this StatefulSet; where the template allows it, any schedulable one. */
export function chooseNode(view: ClusterView): NodeView | undefined {
	const fit = view.nodes.filter((node) => node.ready && node.schedulable);
	const taken = new Set(view.pods.map((pod) => pod.node));
	return fit.find((node) => !taken.has(node.name)) ?? (view.oneNodeEach ? undefined : fit[0]);
}

/** `etcd-volume-2`, 2 → 3: `etcd-volume-3`. The last number that stands alone; undefined where there is none. */
export function withOrdinal(text: string, from: number, to: number): string | undefined {
	const found = [...text.matchAll(new RegExp(`(?<!\\d)${from}(?!\\d)`, "g"))].at(-1);
	if (found === undefined) return undefined;
	return `${text.slice(0, found.index)}${to}${text.slice(found.index + String(from).length)}`;
}

/** Keeps a volume, and so its pod, on the node that holds the data. */
function onNode(node: NodeView): VolumeNodeAffinity {
	const hostname = node.labels["kubernetes.io/hostname"] ?? node.name;
	const matchExpressions = [{ key: "kubernetes.io/hostname", operator: "In", values: [hostname] }];
	return { required: { nodeSelectorTerms: [{ matchExpressions }] } };
}

/** With these, a later `helm upgrade` that has the new replica count takes the volume over instead of stumbling on it. */
function helmAnnotations(volume: VolumeView): Record<string, string> {
	return Object.fromEntries(Object.entries(volume.annotations).filter(([key]) => key.startsWith("meta.helm.sh/")));
}

function isFree(volume: VolumeView, storage: StorageView): boolean {
	return volume.phase === "Available" && !volume.claim && (volume.spec.storageClassName ?? "") === storage.className;
}

function withoutPodName(labels: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(Object.entries(labels).filter(([key]) => key !== "statefulset.kubernetes.io/pod-name"));
}

function staleClaim(view: ClusterView, claim: ClaimView, ordinal: number): Blocked {
	const where = podAt(view, ordinal) ? "" : ", though its pod is gone";
	return {
		reason: "StaleClaim",
		message: `claim ${claim.name} is there already${where}; a new member must not start on an earlier one's data`,
		hint: `if nothing in it is needed: kubectl delete pvc ${claim.name} -n ${view.statefulSet.namespace}${claim.volume ? `; kubectl delete pv ${claim.volume}, and empty its folder` : ""}`,
	};
}

function staleVolume(volume: VolumeView): Blocked {
	return {
		reason: "StaleVolume",
		message: `volume ${volume.name} is ${volume.phase}: it was an earlier member's and holds its data`,
		hint: `if nothing in it is needed: kubectl delete pv ${volume.name}, and empty its folder`,
	};
}
