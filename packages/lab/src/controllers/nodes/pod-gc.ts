import type { Api } from "../../api/api.ts";
import { withDisruptionTarget } from "../../api/disruption-target.ts";
import { NODES, PODS } from "../../api/resources.ts";
import type { Controller } from "../controller.ts";
import { isFinished, isTerminating } from "../pod-state.ts";
import { type AnyStored, keyOf, type Node, type Pod, splitKey } from "../stored.ts";
import { timestamp } from "../time.ts";
import { nodeCondition } from "./health.ts";

const OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

export interface PodGcOptions {
	/** How long a node must have been gone before its pods are removed, in ms. @default 40000 */
	nodeQuarantineMs?: number;
}

/** Removes pods that no kubelet will ever report on again. */
export function podGarbageCollector(api: Api, { nodeQuarantineMs = 40_000 }: PodGcOptions = {}): Controller {
	const missing = new Map<string, number>();
	const onNode = (node: AnyStored) =>
		api.list<Pod>(PODS, { fieldSelector: `spec.nodeName=${node.metadata.name}` }).map(keyOf);

	/** Milliseconds until the pod of a vanished node goes; 0: now; undefined: its node is there. */
	const vanished = (name: string): number | undefined => {
		if (api.get<Node>(NODES, undefined, name)) {
			missing.delete(name);
			return undefined;
		}
		const since = missing.get(name) ?? Date.now();
		missing.set(name, since);
		return Math.max(0, since + nodeQuarantineMs - Date.now());
	};

	return {
		name: "pod-garbage-collector",
		watches: [{ resource: PODS }, { resource: NODES, keys: onNode }],
		reconcile(key) {
			const { namespace, name } = splitKey(key);
			const pod = api.get<Pod>(PODS, namespace, name);
			if (!pod) return undefined;
			const wait = whyGone(api, pod) ?? (pod.spec?.nodeName ? vanished(pod.spec.nodeName) : undefined);
			if (wait !== 0) return wait;
			fail(api, pod);
			api.delete(PODS, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } });
			return undefined;
		},
	};
}

/** 0 for a pod that is being deleted and has nobody to end it. */
function whyGone(api: Api, pod: Pod): 0 | undefined {
	if (!isTerminating(pod)) return undefined;
	if (!pod.spec?.nodeName) return 0;
	const node = api.get<Node>(NODES, undefined, pod.spec.nodeName);
	const off = node?.spec?.taints?.some(({ key }) => key === OUT_OF_SERVICE);
	return node && off && nodeCondition(node, "Ready")?.status !== "True" ? 0 : undefined;
}

/** A pod that had its place ends as Failed, for whoever still looks at it. */
function fail(api: Api, pod: Pod): void {
	if (isFinished(pod) || !pod.spec?.nodeName || api.get(NODES, undefined, pod.spec.nodeName)) return;
	api.modify<Pod>(
		PODS,
		pod.metadata.namespace,
		pod.metadata.name,
		(copy) => {
			const why = { reason: "DeletionByPodGC", message: "PodGC: node no longer exists" };
			const { generation } = copy.metadata;
			const status = withDisruptionTarget(copy.status, { ...why, lastTransitionTime: timestamp(), generation });
			copy.status = { ...status, phase: "Failed" };
		},
		"status",
	);
}
