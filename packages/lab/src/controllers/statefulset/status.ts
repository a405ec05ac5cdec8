import type { StatefulSetStatus } from "kubernetes-types/apps/v1";
import { availableIn, isRunningAndReady, isTerminating } from "../pod-state.ts";
import type { Pod, StatefulSet } from "../stored.ts";
import { minReadySeconds, replicasOf } from "./identity.ts";
import { REVISION_LABEL } from "./new-pod.ts";

export interface RevisionNames {
	current: string;
	update: string;
	collisions: number;
}

export function statusOf(
	set: StatefulSet,
	pods: readonly Pod[],
	names: RevisionNames,
	now: number,
): StatefulSetStatus & { currentReplicas: number } {
	const count = (test: (pod: Pod) => boolean) => pods.filter(test).length;
	const living = (revision: string) => (pod: Pod) =>
		!isTerminating(pod) && pod.metadata.labels?.[REVISION_LABEL] === revision;
	return {
		observedGeneration: set.metadata.generation ?? 0,
		replicas: pods.length,
		readyReplicas: count(isRunningAndReady),
		availableReplicas: count((pod) => isRunningAndReady(pod) && availableIn(pod, minReadySeconds(set), now) === 0),
		currentReplicas: count(living(names.current)),
		updatedReplicas: count(living(names.update)),
		currentRevision: names.current,
		updateRevision: names.update,
		collisionCount: names.collisions,
	};
}

/** Once every replica is updated and Ready, the update revision is the current one. */
export function completed(set: StatefulSet, status: StatefulSetStatus): StatefulSetStatus {
	const replicas = replicasOf(set);
	const done =
		set.spec?.updateStrategy?.type === "RollingUpdate" &&
		status.updatedReplicas === replicas &&
		status.readyReplicas === replicas &&
		status.replicas === replicas;
	return done
		? {
				...status,
				currentReplicas: status.updatedReplicas ?? 0,
				...(status.updateRevision ? { currentRevision: status.updateRevision } : {}),
			}
		: status;
}

/** Counts of nothing are left out of the stored object, as the API server does. */
export function pruned(status: StatefulSetStatus): StatefulSetStatus {
	const { replicas, availableReplicas, collisionCount, ...rest } = status;
	return {
		...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== 0 && value !== undefined)),
		replicas,
		availableReplicas: availableReplicas ?? 0,
		collisionCount: collisionCount ?? 0,
	};
}
