import type { PersistentVolumeSpec } from "kubernetes-types/core/v1";
import {
	type ClusterView,
	claimName,
	LARGEST_CLUSTER,
	type NodeView,
	podName,
	type StorageView,
	type VolumeView,
} from "../cluster/cluster-view.ts";
import { onNode, type Sharer, sharerOf } from "../cluster/volume-place.ts";
import type { VolumePlace } from "./goal.ts";
import type { Blocked, NewVolume } from "./step.ts";
import { volumePattern } from "./volume-pattern.ts";

/**
 * A static volume for a new member, modelled on those of the present ones: same class, size and options, its name and path with a
 * number of its own. Where these are no pattern, it is made from the claim's template, once the path is told. Its folder is nobody else's.
 */
export function newVolume(
	view: ClusterView,
	storage: StorageView,
	ordinal: number,
	claim: string,
	place: VolumePlace & { readonly preferred?: string | undefined },
): NewVolume | Blocked {
	const node = chooseNode(view, place);
	const found = models(view, storage, ordinal, place);
	const [first] = found;
	if (!first) return noModel(view, storage, claim);
	if (!node) return noNode(view, ordinal, place);
	const affinity = onNode(view, node.name);
	if (!affinity) return noLabel(node);
	const unnamed = found.filter(({ name }) => !holder(view, name));
	if (unnamed.length === 0) return nameTaken(view, first.name, claim);
	const sharer = (path: string) => sharerOf(view, { path, node: node.name });
	const model = unnamed.find(({ path }) => !sharer(path));
	if (!model) {
		const path = unnamed[0]?.path ?? first.path;
		return pathTaken(claim, { path, node: node.name, sharer: sharer(path) });
	}
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
			nodeAffinity: affinity,
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

const withNumber = (path: string, ordinal: number) => path.replaceAll("{ordinal}", String(ordinal));

/** After the pattern of the present ones, with the ordinal as its number, else the lowest that nobody has; else after the claim's template. */
function models(view: ClusterView, storage: StorageView, ordinal: number, { path }: VolumePlace): Model[] {
	const told = path === undefined ? undefined : withNumber(path, ordinal);
	const pattern = volumePattern(view, storage, told === undefined ? undefined : () => told);
	if (!pattern) return plainModel(view, storage, ordinal, told);
	const { spec, labels } = pattern.model;
	const annotations = helmAnnotations(pattern.model);
	const numbers = [ordinal, ...Array.from({ length: LARGEST_CLUSTER }, (_, number) => number)];
	return [
		...numbers.map((number) => ({
			name: pattern.nameOf(number),
			path: pattern.pathOf(number),
			spec,
			labels,
			annotations,
		})),
		...plainModel(view, storage, ordinal, told),
	];
}

const holder = (view: ClusterView, name: string) => view.volumes.find((volume) => volume.name === name);

/** Where no present volume is a pattern, the claim's template is, once the folder is told. */
function plainModel(view: ClusterView, storage: StorageView, ordinal: number, path: string | undefined): Model[] {
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

function pathTaken(
	claim: string,
	{ path, node, sharer }: { path: string; node: string; sharer: Sharer | undefined },
): Blocked {
	return {
		reason: "VolumePathTaken",
		message: `the volume for ${claim} would be folder ${path} on node ${node}, and ${sharer?.who} has ${sharer?.path} there: two etcds in one folder destroy each other's data`,
		hint: "name another folder: --volume-path '/var/lib/etcd-{ordinal}'; or other nodes: --volume-node",
	};
}

function noLabel({ name }: NodeView): Blocked {
	return {
		reason: "NodeWithoutHostname",
		message: `a volume cannot be bound to node ${name}: its label kubernetes.io/hostname is missing, or another node has the same`,
		hint: `set it: kubectl label node ${name} kubernetes.io/hostname=${name}; or name other nodes: --volume-node`,
	};
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
		message: `class ${storageClass} has no provisioner, and the present volumes are no pattern for ${claim} (hostPath or local, each with the same number in its name and its path): ${told}`,
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
 * A schedulable node without a pod of this StatefulSet; where the template allows it, any schedulable one. The preferred one, if it is
 * such; of `nodes` only, where these are given, and in their order.
 */
function chooseNode(
	view: ClusterView,
	{ nodes, preferred }: VolumePlace & { readonly preferred?: string | undefined },
): NodeView | undefined {
	const named = nodes?.flatMap((name) => view.nodes.find((node) => node.name === name) ?? []) ?? view.nodes;
	const fit = named.filter((node) => node.ready && node.schedulable);
	const taken = new Set(view.pods.map((pod) => pod.node));
	const free = fit.filter((node) => !taken.has(node.name));
	const choice = free.length > 0 || view.oneNodeEach ? free : fit;
	return choice.find(({ name }) => name === preferred) ?? choice[0];
}

/** With these, a later `helm upgrade` that has the new replica count takes the volume over instead of stumbling on it. */
function helmAnnotations(volume: VolumeView): Record<string, string> {
	return Object.fromEntries(Object.entries(volume.annotations).filter(([key]) => key.startsWith("meta.helm.sh/")));
}

function withoutPodName(labels: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(Object.entries(labels).filter(([key]) => key !== "statefulset.kubernetes.io/pod-name"));
}
