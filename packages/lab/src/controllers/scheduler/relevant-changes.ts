import { isFinished } from "../pod-state.ts";
import { type AnyStored, keyOf, type Node, type Pod } from "../stored.ts";

/**
 * Tells changes that may make a waiting pod schedulable from heartbeats and the like: an object is looked at again only
 * where what the scheduler reads of it differs from the last time.
 */
export class RelevantChanges {
	readonly #seen = new Map<string, string>();

	isRelevant(object: AnyStored, type: string): boolean {
		const key = `${object.kind} ${keyOf(object)} ${object.metadata.uid}`;
		if (type === "DELETED") {
			this.#seen.delete(key);
			return true;
		}
		const now = JSON.stringify(whatMatters(object));
		if (this.#seen.get(key) === now) return false;
		this.#seen.set(key, now);
		return true;
	}
}

function whatMatters(object: AnyStored): unknown {
	const { labels, annotations, deletionTimestamp } = object.metadata;
	switch (object.kind) {
		case "Pod": {
			const pod = object as unknown as Pod;
			return [labels, pod.spec?.nodeName, isFinished(pod), pod.spec?.tolerations, gates(pod)];
		}
		case "Node": {
			const node = object as unknown as Node;
			return [labels, node.spec?.taints, node.spec?.unschedulable, node.status?.allocatable];
		}
		default:
			return [labels, annotations, deletionTimestamp, object.spec, (object.status as { phase?: string })?.phase];
	}
}

const gates = (pod: Pod): unknown => (pod.spec as { schedulingGates?: unknown } | undefined)?.schedulingGates;
