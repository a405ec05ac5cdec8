import type { Pod, PodStatus } from "kubernetes-types/core/v1";
import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import type { DeleteOptions } from "../api.ts";
import { ApiError } from "../api-error.ts";
import { withDisruptionTarget } from "../disruption-target.ts";
import { copy, isObject } from "../json.ts";
import { selectorText } from "../kinds/columns.ts";
import { acceptAs } from "../machinery/body.ts";
import { deleteObject } from "../machinery/delete.ts";
import { badRequest } from "../machinery/errors.ts";
import { parseLabelSelector } from "../machinery/selectors.ts";
import { update } from "../machinery/update.ts";
import type { KubernetesObject } from "../object.ts";
import { type ResourceRequest, writeOptions } from "./context.ts";
import { deleteOptions } from "./options.ts";
import { sendJson } from "./respond.ts";

interface Eviction {
	metadata?: { name?: string };
	deleteOptions?: Record<string, unknown>;
}

/** Deletes a pod unless a disruption budget forbids it, and counts it against the budget. */
export function evict(call: ResourceRequest, body: unknown): void {
	const { resources, served, target, info } = call;
	const eviction = acceptAs<Eviction>("V1Eviction", { version: "v1", kind: "Eviction" }, isObject(body) ? body : {});
	if (eviction.metadata?.name !== undefined && eviction.metadata.name !== target.name)
		throw badRequest("name in URL does not match name in Eviction object");
	const options: DeleteOptions & { dryRun: boolean } = deleteOptions(eviction.deleteOptions, info.query);
	const object = resources.get(served.kind, target.namespace, target.name ?? "");
	const pod = object as unknown as Pod;
	const finished =
		["Succeeded", "Failed", "Pending"].includes(pod.status?.phase ?? "") || object.metadata.deletionTimestamp;
	const budget = finished ? undefined : budgetOf(call, pod);
	if (budget) take(call, budget, options.dryRun);
	if (!options.dryRun) mark(call, object);
	deleteObject(resources, served.kind, resources.get(served.kind, target.namespace, target.name ?? ""), options);
	sendJson(call.response, 201, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 });
}

function mark(call: ResourceRequest, pod: KubernetesObject): void {
	const { resources, served } = call;
	const next = copy(pod);
	next.status = withDisruptionTarget(next.status as PodStatus | undefined, {
		reason: "EvictionByEvictionAPI",
		message: "Eviction API: evicting",
		lastTransitionTime: resources.surroundings().time,
	});
	update(resources, served.kind, pod, next, { ...writeOptions(call), subresource: "status" });
}

function budgetOf({ resources }: ResourceRequest, pod: Pod): (PodDisruptionBudget & KubernetesObject) | undefined {
	const labels = pod.metadata?.labels ?? {};
	const all = resources.store.collection("policy", "poddisruptionbudgets").list(pod.metadata?.namespace);
	const found = (all as (PodDisruptionBudget & KubernetesObject)[]).filter(
		(budget) => budget.spec?.selector && parseLabelSelector(selectorText(budget.spec.selector))(labels),
	);
	if (found.length > 1) {
		throw new ApiError(
			500,
			"InternalError",
			"Internal error occurred: This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
		);
	}
	return found[0];
}

function take(call: ResourceRequest, budget: PodDisruptionBudget & KubernetesObject, dryRun: boolean): void {
	const { resources } = call;
	const { name } = budget.metadata;
	const status = budget.status;
	const observed = status?.observedGeneration ?? 0;
	const left = status?.disruptionsAllowed ?? 0;
	if (observed < (budget.metadata.generation ?? 0) || left <= 0) {
		const healthy = `The disruption budget ${name} needs ${status?.desiredHealthy ?? 0} healthy pods and has ${status?.currentHealthy ?? 0} currently`;
		const stale = `The disruption budget ${name} is still being processed by the server.`;
		throw new ApiError(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", {
			causes: [{ reason: "DisruptionBudget", message: left <= 0 ? healthy : stale }],
			...(left <= 0 ? {} : { retryAfterSeconds: 10 }),
		});
	}
	const kind = resources.registry.kind({ group: "policy", version: "v1", resource: "poddisruptionbudgets" });
	const next = copy(budget);
	const disruptedPods = { ...next.status?.disruptedPods, [call.target.name ?? ""]: resources.surroundings().time };
	next.status = {
		currentHealthy: 0,
		desiredHealthy: 0,
		expectedPods: 0,
		...next.status,
		disruptionsAllowed: left - 1,
		disruptedPods,
	};
	update(resources, kind, budget, next, { ...writeOptions(call), dryRun, subresource: "status" });
}
