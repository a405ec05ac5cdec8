import type { PodCondition } from "kubernetes-types/core/v1";
import type { Pod } from "./stored.ts";

export function podCondition(pod: Pick<Pod, "status">, type: string): PodCondition | undefined {
	return pod.status?.conditions?.find((condition) => condition.type === type);
}

export function isReady(pod: Pick<Pod, "status">): boolean {
	return podCondition(pod, "Ready")?.status === "True";
}

export function isRunningAndReady(pod: Pick<Pod, "status">): boolean {
	return pod.status?.phase === "Running" && isReady(pod);
}

/** Milliseconds until a Ready pod has been so for `minReadySeconds`; 0: it has; undefined: it is not Ready. */
export function availableIn(pod: Pick<Pod, "status">, minReadySeconds: number, now: number): number | undefined {
	if (!isReady(pod)) return undefined;
	if (minReadySeconds === 0) return 0;
	const since = podCondition(pod, "Ready")?.lastTransitionTime;
	if (!since) return undefined;
	return Math.max(0, Date.parse(since) + minReadySeconds * 1000 - now);
}

export function isTerminating(pod: { metadata: { deletionTimestamp?: string } }): boolean {
	return pod.metadata.deletionTimestamp !== undefined;
}

/** Succeeded or Failed: none of its containers will run again. */
export function isFinished(pod: Pick<Pod, "status">): boolean {
	return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}
