import type { PersistentVolumeSpec, VolumeNodeAffinity } from "kubernetes-types/core/v1";
import {
	type ClusterView,
	claimName,
	type NodeView,
	podName,
	type StorageView,
	type VolumeView,
} from "../cluster/cluster-view.ts";
import type { VolumePlace } from "./goal.ts";
import type { Blocked, NewVolume } from "./step.ts";

/**
 * A static volume for a new member, modelled on those of the present ones: same class, size and options, its name and path with the
 * new ordinal. Where these are no pattern, it is made from the claim's template, once the path is told.
 */
export function newVolume(
	view: ClusterView,
	storage: StorageView,
	ordinal: number,
	claim: string,
	place: VolumePlace,
): NewVolume | Blocked {
	const model = modelFor(view, storage, ordinal, place) ?? plainModel(view, storage, ordinal, place);
	if (!model) return noModel(view, storage, claim);
	const node = chooseNode(view, place.nodes);
	if (!node) return noNode(view, ordinal, place);
	const { hostPath, local, claimRef: _bound, nodeAffinity: _node, ...rest } = model.spec;
	return {
		name: model.name,
		claim,
		node: node.name,
		labels: {
			...withoutPodName(model.labels),
			"statefulset.kubernetes.io/pod-name": podName(view.statefulSet, ordinal),
		},
		annotations: model.annotations,
		spec: {
			...rest,
			...(hostPath ? { hostPath: { ...hostPath, path: model.path } } : {}),
			...(local ? { local: { ...local, path: model.path } } : {}),
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

/** What a new volume is made after; name and path are its own. */
interface Model {
	readonly name: string;
	readonly path: string;
	readonly spec: PersistentVolumeSpec;
	readonly labels: Readonly<Record<string, string>>;
	readonly annotations: Readonly<Record<string, string>>;
}

const withNumber = (path: string | undefined, ordinal: number) => path?.replaceAll("{ordinal}", String(ordinal));

/** The volume of the nearest earlier ordinal whose name and path hold the ordinal. */
function modelFor(view: ClusterView, storage: StorageView, ordinal: number, place: VolumePlace): Model | undefined {
	const models = view.claims
		.filter((c) => c.template === storage.template && c.volume !== undefined && c.ordinal < ordinal)
		.sort((a, b) => b.ordinal - a.ordinal);
	for (const model of models) {
		const volume = view.volumes.find((v) => v.name === model.volume);
		const present = volume?.spec.hostPath?.path ?? volume?.spec.local?.path;
		if (!volume || !present) continue;
		const name = withOrdinal(volume.name, model.ordinal, ordinal);
		const path = withNumber(place.path, ordinal) ?? withOrdinal(present, model.ordinal, ordinal);
		if (!name || !path || view.volumes.some((v) => v.name === name)) continue;
		return { name, path, spec: volume.spec, labels: volume.labels, annotations: helmAnnotations(volume) };
	}
	return undefined;
}

/** Where no present volume is a pattern, the claim's template is, once the folder is told. */
function plainModel(view: ClusterView, storage: StorageView, ordinal: number, place: VolumePlace): Model | undefined {
	const path = withNumber(place.path, ordinal);
	const { namespace } = view.statefulSet;
	const name = `${namespace}-${claimName(view.statefulSet, storage.template, ordinal)}`;
	if (path === undefined || view.volumes.some((v) => v.name === name)) return undefined;
	const spec: PersistentVolumeSpec = {
		capacity: { storage: storage.request },
		accessModes: [...storage.accessModes],
		persistentVolumeReclaimPolicy: "Retain",
		storageClassName: storage.className,
		hostPath: { path, type: "DirectoryOrCreate" },
	};
	return { name, path, spec, labels: storage.labels, annotations: {} };
}

function noModel({ statefulSet: { namespace } }: ClusterView, storage: StorageView, claim: string): Blocked {
	const storageClass = storage.className || '""';
	return {
		reason: "NoVolumeToModel",
		message: `class ${storageClass} has no provisioner, and the present volumes are no pattern for ${claim} (hostPath or local, with the ordinal in name and path)`,
		hint: `say where it goes: --volume-path '/var/lib/etcd-{ordinal}'; or make a PersistentVolume of class ${storageClass} (${storage.request}, ${storage.accessModes.join(",")}) with claimRef ${namespace}/${claim}, then run the same command again`,
	};
}

function noNode(view: ClusterView, ordinal: number, { nodes }: VolumePlace): Blocked {
	const among = nodes ? ` among ${nodes.join(", ")}` : "";
	const taken = new Set(view.pods.map((pod) => pod.node));
	const free = view.nodes.filter(({ name, ready, schedulable }) => ready && schedulable && !taken.has(name));
	return {
		reason: "NoNodeForVolume",
		message: `no node is left${among} for the volume of ${podName(view.statefulSet, ordinal)}`,
		hint: nodes
			? `name a node for each new member; Ready, schedulable and without a member are: ${free.map(({ name }) => name).join(", ") || "none"}`
			: "add a node, or uncordon one: kubectl get nodes",
	};
}

/**
 * A schedulable node without a pod of this StatefulSet; where the template allows it, any schedulable one. Of `names` only, where
 * these are given, and in their order.
 */
export function chooseNode(view: ClusterView, names?: readonly string[]): NodeView | undefined {
	const named = names?.flatMap((name) => view.nodes.find((node) => node.name === name) ?? []) ?? view.nodes;
	const fit = named.filter((node) => node.ready && node.schedulable);
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
export function onNode(node: Pick<NodeView, "name" | "labels">): VolumeNodeAffinity {
	const hostname = node.labels["kubernetes.io/hostname"] ?? node.name;
	const matchExpressions = [{ key: "kubernetes.io/hostname", operator: "In", values: [hostname] }];
	return { required: { nodeSelectorTerms: [{ matchExpressions }] } };
}

/** With these, a later `helm upgrade` that has the new replica count takes the volume over instead of stumbling on it. */
function helmAnnotations(volume: VolumeView): Record<string, string> {
	return Object.fromEntries(Object.entries(volume.annotations).filter(([key]) => key.startsWith("meta.helm.sh/")));
}

function withoutPodName(labels: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(Object.entries(labels).filter(([key]) => key !== "statefulset.kubernetes.io/pod-name"));
}
