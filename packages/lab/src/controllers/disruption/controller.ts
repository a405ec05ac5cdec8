import type { OwnerReference } from "kubernetes-types/meta/v1";
import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import type { Api, GroupVersionResource } from "../../api/api.ts";
import { DEPLOYMENTS, PODS, REPLICASETS, STATEFULSETS } from "../../api/resources.ts";
import type { Controller } from "../controller.ts";
import { controllerOf } from "../owners.ts";
import { isFinished, isReady, isTerminating } from "../pod-state.ts";
import { recorder } from "../recorder.ts";
import { matchesSelector } from "../selector.ts";
import { type AnyStored, keyOf, type Pod, type ReplicaSet, type StoredMeta, splitKey } from "../stored.ts";
import { timestamp } from "../time.ts";
import { allowance, type Health } from "./budget.ts";

export const PODDISRUPTIONBUDGETS: GroupVersionResource = {
	group: "policy",
	version: "v1",
	resource: "poddisruptionbudgets",
};

/** Whose pods are counted by what the owner wants. */
const SCALED = new Map([
	["Deployment", DEPLOYMENTS],
	["ReplicaSet", REPLICASETS],
	["StatefulSet", STATEFULSETS],
]);

/** Evictions that were granted but not seen to happen are forgotten after so long. */
const EVICTION_TIMEOUT_MS = 2 * 60_000;

type Budget = Omit<PodDisruptionBudget, "metadata"> & { metadata: StoredMeta & { namespace: string } };

/** Keeps the budgets' status, by which evictions are granted. */
export function disruptionController(api: Api): Controller {
	const inNamespace = (object: AnyStored) =>
		api.list<Budget>(PODDISRUPTIONBUDGETS, { namespace: object.metadata.namespace ?? "" }).map(keyOf);
	return {
		name: "disruption-controller",
		watches: [
			{ resource: PODDISRUPTIONBUDGETS },
			{ resource: PODS, keys: inNamespace },
			...[...SCALED.values()].map((resource) => ({ resource, keys: inNamespace })),
		],
		reconcile(key) {
			const { namespace, name } = splitKey(key);
			const budget = api.get<Budget>(PODDISRUPTIONBUDGETS, namespace, name);
			if (budget) return writeStatus(api, budget);
			return undefined;
		},
	};
}

function writeStatus(api: Api, budget: Budget): number | undefined {
	const { namespace, name } = budget.metadata;
	const pods = api
		.list<Pod>(PODS, { namespace })
		.filter((pod) => matchesSelector(budget.spec?.selector, pod.metadata.labels) && !isFinished(pod));
	if (pods.length === 0)
		recorder(api, "controllermanager")(
			{ apiVersion: "policy/v1", kind: "PodDisruptionBudget", ...budget },
			"Normal",
			"NoPods",
			"No matching pods found",
		);
	const now = Date.now();
	const evicted = Object.entries(budget.status?.disruptedPods ?? {}).filter(([pod, at]) => {
		const found = pods.find(({ metadata }) => metadata.name === pod);
		return found && !isTerminating(found) && now - Date.parse(at) < EVICTION_TIMEOUT_MS;
	});
	const leaving = new Set(evicted.map(([pod]) => pod));
	const healthy = pods.filter((pod) => isReady(pod) && !isTerminating(pod) && !leaving.has(pod.metadata.name)).length;
	const health: Health = { expected: expectedPods(api, namespace, pods), healthy };
	const { desiredHealthy, disruptionsAllowed } = allowance(budget, health);
	const enough = disruptionsAllowed > 0;
	api.modify<Budget>(
		PODDISRUPTIONBUDGETS,
		namespace,
		name,
		(copy) => {
			const before = copy.status?.conditions?.find(({ type }) => type === "DisruptionAllowed");
			const status = enough ? "True" : "False";
			const condition = {
				type: "DisruptionAllowed",
				status,
				reason: enough ? "SufficientPods" : "InsufficientPods",
				message: "",
				observedGeneration: copy.metadata.generation ?? 0,
				lastTransitionTime: before?.status === status ? before.lastTransitionTime : timestamp(now),
			};
			copy.status = {
				...(evicted.length > 0 ? { disruptedPods: Object.fromEntries(evicted) } : {}),
				conditions: [condition],
				currentHealthy: healthy,
				desiredHealthy,
				disruptionsAllowed,
				expectedPods: health.expected,
				observedGeneration: copy.metadata.generation ?? 0,
			};
		},
		"status",
	);
	return evicted.length > 0 ? EVICTION_TIMEOUT_MS : undefined;
}

/** What the pods' owners want, each owner once; a pod without an owner counts for itself. */
function expectedPods(api: Api, namespace: string, pods: readonly Pod[]): number {
	const owners = new Map<string, number>();
	for (const pod of pods) {
		const { uid, replicas } = scaleOf(api, namespace, controllerOf(pod)) ?? { uid: pod.metadata.uid, replicas: 1 };
		owners.set(uid, replicas);
	}
	return [...owners.values()].reduce((sum, count) => sum + count, 0);
}

/** A replica set's pods are as many as its Deployment wants, whichever of its sets they are in. */
function scaleOf(
	api: Api,
	namespace: string,
	owner: OwnerReference | undefined,
): { uid: string; replicas: number } | undefined {
	const resource = SCALED.get(owner?.kind ?? "");
	const found = owner && resource && api.get<ReplicaSet>(resource, namespace, owner.name);
	if (!found || found.metadata.uid !== owner.uid) return undefined;
	const above = found.kind === "ReplicaSet" ? scaleOf(api, namespace, controllerOf(found)) : undefined;
	return above ?? { uid: found.metadata.uid, replicas: found.spec?.replicas ?? 1 };
}
