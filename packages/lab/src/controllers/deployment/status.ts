import type { DeploymentCondition, DeploymentStatus } from "kubernetes-types/apps/v1";
import type { Deployment, ReplicaSet } from "../stored.ts";
import { conditionOf, type Draft, withCondition, without } from "./conditions.ts";
import { limits, replicasOf } from "./limits.ts";
import { totalAvailable, totalSize } from "./replica-sets.ts";

export interface Seen {
	deployment: Deployment;
	/** of the present template, once it is there */
	newSet: ReplicaSet | undefined;
	/** all others */
	oldSets: readonly ReplicaSet[];
	/** ms since the epoch */
	now: number;
}

/** The counts as they are, and whether enough is available; all other conditions as they were. */
export function countedStatus({ deployment, newSet, oldSets, now }: Seen): DeploymentStatus {
	const sets = newSet ? [...oldSets, newSet] : oldSets;
	const sum = (count: (set: ReplicaSet) => number | undefined) => sets.reduce((all, set) => all + (count(set) ?? 0), 0);
	const availableReplicas = totalAvailable(sets);
	const { collisionCount } = deployment.status ?? {};
	const enough = availableReplicas >= replicasOf(deployment) - limits(deployment).maxUnavailable;
	return {
		observedGeneration: deployment.metadata.generation ?? 0,
		replicas: sum(({ status }) => status?.replicas),
		updatedReplicas: newSet?.status?.replicas ?? 0,
		readyReplicas: sum(({ status }) => status?.readyReplicas),
		availableReplicas,
		unavailableReplicas: Math.max(0, totalSize(sets) - availableReplicas),
		...(collisionCount !== undefined ? { collisionCount } : {}),
		conditions: withCondition(deployment.status?.conditions ?? [], availability(enough), now),
	};
}

const availability = (enough: boolean): Draft => ({
	type: "Available",
	status: enough ? "True" : "False",
	reason: enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
	message: enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
});

/** All replicas are of the present template and available, and none is left of another. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
	const replicas = replicasOf(deployment);
	const counts = [status.updatedReplicas, status.replicas, status.availableReplicas];
	return (
		counts.every((count) => (count ?? 0) === replicas) &&
		(status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
	);
}

/** The status while a template rolls out: it progresses, has got there, or is late. */
export function rolloutStatus(seen: Seen): DeploymentStatus {
	const { deployment, newSet, oldSets, now } = seen;
	const status = countedStatus(seen);
	const current = conditionOf(deployment.status, "Progressing");
	let conditions: DeploymentCondition[] = [...(status.conditions ?? [])];
	const settled = status.replicas === status.updatedReplicas && current?.reason === "NewReplicaSetAvailable";
	if (!settled) {
		const subject = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
		const progressing = (status: "True" | "False", reason: string, what: string): Draft => ({
			type: "Progressing",
			status,
			reason,
			message: `${subject} ${what}.`,
		});
		if (isComplete(deployment, status)) {
			const done = progressing("True", "NewReplicaSetAvailable", "has successfully progressed");
			conditions = withCondition(conditions, done, now);
		} else if (hasMoved(deployment.status ?? {}, status)) {
			const moves = progressing("True", "ReplicaSetUpdated", "is progressing");
			conditions = withCondition(without(conditions, "Progressing"), moves, now).map((condition) =>
				condition.type === "Progressing" && current?.status === "True" && current.lastTransitionTime
					? { ...condition, lastTransitionTime: current.lastTransitionTime }
					: condition,
			);
		} else if ((lateIn(deployment, now) ?? 1) <= 0) {
			const late = progressing("False", "ProgressDeadlineExceeded", "has timed out progressing");
			conditions = withCondition(conditions, late, now);
		}
	}
	const failure = replicaFailure(newSet ? [newSet, ...oldSets] : oldSets);
	conditions = failure ? withCondition(conditions, failure, now) : without(conditions, "ReplicaFailure");
	return { ...status, conditions };
}

function hasMoved(before: DeploymentStatus, after: DeploymentStatus): boolean {
	const old = (status: DeploymentStatus) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
	return (
		(after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
		old(after) < old(before) ||
		(after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
		(after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
	);
}

/** Milliseconds until the rollout is late; undefined: there is none to be late. */
export function lateIn(deployment: Deployment, now: number): number | undefined {
	const condition = conditionOf(deployment.status, "Progressing");
	if (!condition?.lastUpdateTime || condition.reason === "NewReplicaSetAvailable") return undefined;
	if (condition.reason === "ProgressDeadlineExceeded") return 0;
	return Date.parse(condition.lastUpdateTime) + (deployment.spec?.progressDeadlineSeconds ?? 600) * 1000 - now;
}

function replicaFailure(sets: readonly ReplicaSet[]): Draft | undefined {
	for (const { status } of sets) {
		const found = status?.conditions?.find(({ type }) => type === "ReplicaFailure");
		if (!found) continue;
		const { reason = "", message = "" } = found;
		return { type: found.type, status: found.status, reason, message };
	}
	return undefined;
}

/** Counts of nothing are left out of the stored object, as the API server does. */
export function pruned(status: DeploymentStatus): DeploymentStatus {
	const { collisionCount, ...rest } = status;
	return {
		...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== 0 && value !== undefined)),
		...(collisionCount !== undefined ? { collisionCount } : {}),
	};
}
