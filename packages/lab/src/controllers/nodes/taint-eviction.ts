import type { Taint, Toleration } from "kubernetes-types/core/v1";
import type { Api } from "../../api/api.ts";
import { withDisruptionTarget } from "../../api/disruption-target.ts";
import { NODES, PODS } from "../../api/resources.ts";
import type { Controller } from "../controller.ts";
import { recorder } from "../recorder.ts";
import { tolerates } from "../scheduler/filters/taints.ts";
import { type AnyStored, keyOf, type Node, type Pod, splitKey } from "../stored.ts";
import { timestamp } from "../time.ts";

const COMPONENT = "taint-eviction-controller";

/** Ends pods on nodes with NoExecute taints that they do not tolerate, or no longer. */
export function taintEviction(api: Api): Controller {
	const onNode = (name: string) => api.list<Pod>(PODS, { fieldSelector: `spec.nodeName=${name}` });
	const planned = new Set<string>();
	const record = recorder(api, COMPONENT);
	const tell = (pod: Pod, message: string) => record(pod, "Normal", "TaintManagerEviction", message);
	return {
		name: COMPONENT,
		watches: [
			{ resource: NODES, keys: (node: AnyStored) => onNode(node.metadata.name).map(keyOf) },
			{ resource: PODS },
		],
		reconcile(key) {
			const { namespace, name } = splitKey(key);
			const pod = api.get<Pod>(PODS, namespace, name);
			const node = pod?.spec?.nodeName ? api.get<Node>(NODES, undefined, pod.spec.nodeName) : undefined;
			if (!pod || !node || pod.metadata.deletionTimestamp) {
				planned.delete(key);
				return undefined;
			}
			const at = evictionTime(pod.spec?.tolerations ?? [], node.spec?.taints ?? []);
			if (at === undefined) {
				if (planned.delete(key)) tell(pod, `Cancelling deletion of Pod ${key}`);
				return undefined;
			}
			const wait = at - Date.now();
			if (wait > 0) {
				planned.add(key);
				return wait;
			}
			planned.delete(key);
			tell(pod, `Marking for deletion Pod ${key}`);
			mark(api, pod);
			api.delete(PODS, namespace, name, { preconditions: { uid: pod.metadata.uid } });
			return undefined;
		},
	};
}

function mark(api: Api, { metadata }: Pod): void {
	const why = { reason: "DeletionByTaintManager", message: "Taint manager: deleting due to NoExecute taint" };
	const change = (copy: Pod) => {
		const { generation } = copy.metadata;
		copy.status = withDisruptionTarget(copy.status, { ...why, lastTransitionTime: timestamp(), generation });
	};
	api.modify<Pod>(PODS, metadata.namespace, metadata.name, change, "status");
}

/** When the pod must go, in ms since the epoch: 0 is at once; undefined: it may stay. */
export function evictionTime(tolerations: readonly Toleration[], taints: readonly Taint[]): number | undefined {
	const times: number[] = [];
	for (const taint of taints.filter(({ effect }) => effect === "NoExecute")) {
		const tolerating = tolerations.filter((toleration) => tolerates([toleration], taint));
		if (tolerating.length === 0) return 0;
		const limits = tolerating.flatMap(({ tolerationSeconds }) =>
			tolerationSeconds === undefined ? [] : [tolerationSeconds],
		);
		if (limits.length === 0) continue;
		const since = taint.timeAdded ? Date.parse(taint.timeAdded) : 0;
		times.push(since + Math.max(0, Math.min(...limits)) * 1000);
	}
	return times.length > 0 ? Math.min(...times) : undefined;
}
