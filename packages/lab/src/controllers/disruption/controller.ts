import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import type { Api, GroupVersionResource } from "../../api/api.ts";
import { PODS, STATEFULSETS } from "../../api/resources.ts";
import type { Controller } from "../controller.ts";
import { controllerOf } from "../owners.ts";
import { isFinished, isReady, isTerminating } from "../pod-state.ts";
import { matchesSelector } from "../selector.ts";
import { type AnyStored, keyOf, type Pod, type StatefulSet, splitKey } from "../stored.ts";
import { timestamp } from "../time.ts";
import { allowance, type Health } from "./budget.ts";

export const PODDISRUPTIONBUDGETS: GroupVersionResource = {
	group: "policy",
	version: "v1",
	resource: "poddisruptionbudgets",
};

/** Evictions that were granted but not seen to happen are forgotten after so long. */
const EVICTION_TIMEOUT_MS = 2 * 60_000;

type Budget = PodDisruptionBudget & { metadata: { name: string; namespace: string } };

/** Keeps the budgets' status, by which evictions are granted. */
export function disruptionController(api: Api): Controller {
	const inNamespace = (object: AnyStored) =>
		api.list<Budget>(PODDISRUPTIONBUDGETS, { namespace: object.metadata.namespace ?? "" }).map(keyOf);
	return {
		name: "disruption-controller",
		watches: [
			{ resource: PODDISRUPTIONBUDGETS },
			{ resource: PODS, keys: inNamespace },
			{ resource: STATEFULSETS, keys: inNamespace },
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
		const owner = controllerOf(pod);
		const set = owner?.kind === "StatefulSet" ? api.get<StatefulSet>(STATEFULSETS, namespace, owner.name) : undefined;
		owners.set(owner?.uid ?? pod.metadata.uid, set?.spec?.replicas ?? 1);
	}
	return [...owners.values()].reduce((sum, count) => sum + count, 0);
}
