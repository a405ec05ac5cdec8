import type { Api } from "../../api/api.ts";
import { PODS, REPLICASETS } from "../../api/resources.ts";
import type { Controller } from "../controller.ts";
import { controllerOf } from "../owners.ts";
import { availableIn, isFinished, isTerminating } from "../pod-state.ts";
import { ownerKeys, ownPods } from "../pods/own-pods.ts";
import { PodControl } from "../pods/pod-control.ts";
import { slowStart } from "../pods/slow-start.ts";
import { templatePod } from "../pods/template-pod.ts";
import { victims } from "../pods/victims.ts";
import { goJson } from "../statefulset/hash.ts";
import { type Pod, type ReplicaSet, splitKey } from "../stored.ts";
import { statusOf } from "./status.ts";

/** At most so many pods are made or removed in one round. */
const BURST = 500;

/** Keeps as many pods of a ReplicaSet's template as it asks for. */
export function replicaSetController(api: Api): Controller {
	const sets = (namespace: string) => api.list<ReplicaSet>(REPLICASETS, { namespace });
	return {
		name: "replicaset-controller",
		watches: [{ resource: REPLICASETS }, { resource: PODS, keys: ownerKeys("ReplicaSet", sets) }],
		reconcile: (key) => reconcile(api, key),
	};
}

function reconcile(api: Api, key: string): number | undefined {
	const { namespace, name } = splitKey(key);
	const set = api.get<ReplicaSet>(REPLICASETS, namespace, name);
	if (!set) return undefined;
	const pods = ownPods(api, set).filter((pod) => !isFinished(pod) && !isTerminating(pod));
	const difference = pods.length - (set.spec?.replicas ?? 1);
	let failure: unknown;
	if (!isTerminating(set)) {
		try {
			failure = manage(api, set, pods, difference);
		} catch (error) {
			failure = error;
		}
	}
	writeStatus(api, set, pods, difference, failure);
	if (failure) throw failure;
	return nextLook(set, pods);
}

/** Returns why not all could be created. */
function manage(api: Api, set: ReplicaSet, pods: readonly Pod[], difference: number): unknown {
	const control = new PodControl(api, set, "replicaset-controller");
	if (difference < 0) {
		const draft = templatePod(set, set.spec?.template ?? {});
		return slowStart(Math.min(-difference, BURST), () => control.create(draft)).failure;
	}
	const related = difference > 0 ? relatedPods(api, set) : [];
	for (const pod of victims(pods, related, Math.min(difference, BURST), Date.now())) control.delete(pod);
	return undefined;
}

/** The pods of all replica sets of the same Deployment: one that shares its node with another goes first. */
function relatedPods(api: Api, set: ReplicaSet): Pod[] {
	const { namespace, uid } = set.metadata;
	const owner = controllerOf(set)?.uid;
	const siblings = api
		.list<ReplicaSet>(REPLICASETS, { namespace })
		.filter((other) => other.metadata.uid === uid || (owner !== undefined && controllerOf(other)?.uid === owner));
	const uids = new Set(siblings.map(({ metadata }) => metadata.uid));
	return api
		.list<Pod>(PODS, { namespace })
		.filter((pod) => uids.has(controllerOf(pod)?.uid ?? "") && !isFinished(pod) && !isTerminating(pod));
}

function writeStatus(api: Api, set: ReplicaSet, pods: readonly Pod[], difference: number, failure: unknown): void {
	const { namespace, name, uid } = set.metadata;
	api.modify<ReplicaSet>(
		REPLICASETS,
		namespace,
		name,
		(copy) => {
			const next = statusOf(set, pods, { difference, failure, now: Date.now() });
			if (copy.metadata.uid !== uid || goJson(copy.status) === goJson(next)) return false;
			copy.status = next;
		},
		"status",
	);
}

/** When the first pod that is Ready becomes available too. */
function nextLook(set: ReplicaSet, pods: readonly Pod[]): number | undefined {
	const waits = pods.flatMap((pod) => availableIn(pod, set.spec?.minReadySeconds ?? 0, Date.now()) || []);
	return waits.length > 0 ? Math.min(...waits) : undefined;
}
