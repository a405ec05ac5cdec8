import type { ReplicaSetStatus } from "kubernetes-types/apps/v1";
import { availableIn, isReady } from "../pod-state.ts";
import type { Pod, ReplicaSet } from "../stored.ts";
import { timestamp } from "../time.ts";

const FAILURE = "ReplicaFailure";

interface Round {
	/** pods that are there beyond those that are wanted */
	difference: number;
	/** why not all that was to be done could be */
	failure: unknown;
	/** ms since the epoch */
	now: number;
}

/** Counts of nothing are left out, but for `replicas`. */
export function statusOf(set: ReplicaSet, pods: readonly Pod[], round: Round): ReplicaSetStatus {
	const { spec, metadata } = set;
	const labels = Object.entries(spec?.template?.metadata?.labels ?? {});
	const counts = {
		fullyLabeledReplicas: pods.filter((pod) => labels.every(([key, value]) => pod.metadata.labels?.[key] === value))
			.length,
		readyReplicas: pods.filter(isReady).length,
		availableReplicas: pods.filter((pod) => availableIn(pod, spec?.minReadySeconds ?? 0, round.now) === 0).length,
		observedGeneration: metadata.generation ?? 0,
	};
	const conditions = conditionsOf(set, round);
	return {
		replicas: pods.length,
		...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
		...(conditions.length > 0 ? { conditions } : {}),
	};
}

function conditionsOf({ status }: ReplicaSet, { difference, failure, now }: Round) {
	const before = status?.conditions ?? [];
	const others = before.filter(({ type }) => type !== FAILURE);
	if (!failure) return others;
	const known = before.find(({ type }) => type === FAILURE);
	if (known) return before;
	const reason = difference < 0 ? "FailedCreate" : "FailedDelete";
	const message = failure instanceof Error ? failure.message : String(failure);
	return [...others, { type: FAILURE, status: "True", reason, message, lastTransitionTime: timestamp(now) }];
}
