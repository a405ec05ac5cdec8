import type { PodStatus } from "kubernetes-types/core/v1";

/**
 * A pod's status with the condition that says why somebody else takes it away; `reason` and `message` as Kubernetes words them.
 * Its controllers tell the generation of the pod, its eviction API does not.
 */
export function withDisruptionTarget(
	status: PodStatus | undefined,
	condition: { reason: string; message: string; lastTransitionTime: string; generation?: number | undefined },
): PodStatus {
	const { generation, ...said } = condition;
	const others = (status?.conditions ?? []).filter(({ type }) => type !== "DisruptionTarget");
	const observed = generation === undefined ? {} : { observedGeneration: generation };
	return { ...status, conditions: [...others, { type: "DisruptionTarget", status: "True", ...observed, ...said }] };
}
