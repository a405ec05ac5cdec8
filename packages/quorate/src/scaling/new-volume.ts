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
	const patterned = models(view, storage, ordinal, place);
	const model = [...patterned, ...plainModel(view, storage, ordinal, place)].find(({ name }) => !holder(view, name));
	if (!model) return patterned[0] ? nameTaken(view, patterned[0].name, claim) : noModel(view, storage, claim);
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

/** Made after the volumes of earlier ordinals whose name and path hold the ordinal, the nearest first. */
function models(view: ClusterView, storage: StorageView, ordinal: number, place: VolumePlace): Model[] {
	const nearest = view.claims
		.filter((c) => c.template === storage.template && c.volume !== undefined && c.ordinal < ordinal)
		.sort((a, b) => b.ordinal - a.ordinal);
	return nearest.flatMap((claim) => {
		const volume = view.volumes.find((v) => v.name === claim.volume);
		const present = volume?.spec.hostPath?.path ?? volume?.spec.local?.path;
		if (!volume || !present) return [];
		const name = withOrdinal(volume.name, claim.ordinal, ordinal);
		const path = withNumber(place.path, ordinal) ?? withOrdinal(present, claim.ordinal, ordinal);
		if (!name || !path) return [];
		return [{ name, path, spec: volume.spec, labels: volume.labels, annotations: helmAnnotations(volume) }];
	});
}

const holder = (view: ClusterView, name: string) => view.volumes.find((volume) => volume.name === name);

/** Where no present volume is a pattern, the claim's template is, once the folder is told. */
function plainModel(view: ClusterView, storage: StorageView, ordinal: number, place: VolumePlace): Model[] {
	const path = withNumber(place.path, ordinal);
	const { namespace } = view.statefulSet;
	const name = `${namespace}-${claimName(view.statefulSet, storage.template, ordinal)}`;
	if (path === undefined) return [];
	const spec: PersistentVolumeSpec = {
		capacity: { storage: storage.request },
		accessModes: [...storage.accessModes],
		persistentVolumeReclaimPolicy: "Retain",
		storageClassName: storage.className,
		hostPath: { path, type: "DirectoryOrCreate" },
	};
	return [{ name, path, spec, labels: storage.labels, annotations: {} }];
}

function nameTaken(view: ClusterView, name: string, claim: string): Blocked {
	const { namespace } = view.statefulSet;
	const there = holder(view, name);
	const whose = there?.claim ? ` for claim ${there.claim.namespace}/${there.claim.name}` : "";
	return {
		reason: "VolumeNameTaken",
		message: `the volume for ${claim} would be ${name}, and there is one of that name already: ${there?.phase}${whose}`,
		hint: `see what it holds: kubectl describe pv ${name}; then delete it if nobody needs it, or make a PersistentVolume of another name with claimRef ${namespace}/${claim}, and run the same command again`,
	};
}

function noModel(view: ClusterView, storage: StorageView, claim: string): Blocked {
	const { namespace } = view.statefulSet;
	const storageClass = storage.className || '""';
	const present = view.claims.filter(({ template, volume }) => template === storage.template && volume);
	const told = present.map(({ name, volume }) => `${name} is on ${volume}`).join(", ") || "none is bound";
	return {
		reason: "NoVolumeToModel",
		message: `class ${storageClass} has no provisioner, and the present volumes are no pattern for ${claim} (hostPath or local, with the claim's ordinal in name and path): ${told}`,
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
