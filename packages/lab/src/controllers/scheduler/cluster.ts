import type { StorageClass } from "kubernetes-types/storage/v1";
import type { Api } from "../../api/api.ts";
import {
	NAMESPACES,
	NODES,
	PERSISTENTVOLUMECLAIMS,
	PERSISTENTVOLUMES,
	PODS,
	STORAGECLASSES,
} from "../../api/resources.ts";
import { isFinished } from "../pod-state.ts";
import { type Claim, keyOf, type Namespace, type Node, type Pod, type Volume } from "../stored.ts";

/** A node with the pods that are on it, or are as good as. */
export interface Place {
	node: Node;
	pods: readonly Pod[];
}

/** All that a scheduling decision is made from, as it was at one moment. */
export interface Cluster {
	places: readonly Place[];
	claims: ReadonlyMap<string, Claim>;
	volumes: readonly Volume[];
	storageClasses: ReadonlyMap<string, StorageClass>;
	namespaceLabels: ReadonlyMap<string, Record<string, string>>;
}

/** @param assumed nodes of pods, by key, that wait for their volumes only */
export function readCluster(api: Api, assumed: ReadonlyMap<string, string>): Cluster {
	const byNode = new Map<string, Pod[]>();
	for (const pod of api.list<Pod>(PODS)) {
		const node = pod.spec?.nodeName ?? assumed.get(keyOf(pod));
		if (!node || isFinished(pod)) continue;
		byNode.set(node, [...(byNode.get(node) ?? []), pod]);
	}
	const nodes = api.list<Node>(NODES).filter((node) => !node.metadata.deletionTimestamp);
	return {
		places: nodes.map((node) => ({ node, pods: byNode.get(node.metadata.name) ?? [] })),
		claims: new Map(api.list<Claim>(PERSISTENTVOLUMECLAIMS).map((claim) => [keyOf(claim), claim])),
		volumes: api.list<Volume>(PERSISTENTVOLUMES),
		storageClasses: new Map(api.list<StorageClass>(STORAGECLASSES).map((item) => [item.metadata?.name ?? "", item])),
		namespaceLabels: new Map(
			api.list<Namespace>(NAMESPACES).map((item) => [item.metadata.name, item.metadata.labels ?? {}]),
		),
	};
}
