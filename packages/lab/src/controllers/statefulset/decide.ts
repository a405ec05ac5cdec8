import type { StatefulSetStatus } from "kubernetes-types/apps/v1";
import { availableIn, isTerminating } from "../pod-state.ts";
import type { Pod, StatefulSet } from "../stored.ts";
import { firstOrdinal, isInRange, isParallel, minReadySeconds, ordinalOf, podName, replicasOf } from "./identity.ts";
import { REVISION_LABEL } from "./new-pod.ts";
import { type Action, isAvailable, isUp, type Observed } from "./observed.ts";
import { statusOf } from "./status.ts";
import { claimOwners, tend } from "./tend.ts";

export interface Decision {
	actions: Action[];
	status: StatefulSetStatus;
	/** ms after which time alone may change the decision */
	again: number | undefined;
}

/** The StatefulSet controller's whole mind: what to do about a set as it is now. */
export function decide(observed: Observed): Decision {
	const { set, pods, now } = observed;
	const status = statusOf(
		set,
		pods,
		{ current: observed.current.name, update: observed.update.name, collisions: observed.collisions },
		now,
	);
	const actions = set.metadata.deletionTimestamp ? [] : actionsFor(observed);
	// the pod that an update ends counts as gone from the current revision at once
	if (actions.some((action) => action.do === "delete-pod" && action.why === "update")) status.currentReplicas--;
	const waits = pods
		.map((pod) => availableIn(pod, minReadySeconds(set), now))
		.filter((wait): wait is number => wait !== undefined && wait > 0);
	return { actions, status, again: waits.length > 0 ? Math.min(...waits) : undefined };
}

function actionsFor(observed: Observed): Action[] {
	const { set, pods } = observed;
	const oneByOne = !isParallel(set);
	const replicas = slots(set, pods);
	const condemned = pods
		.filter((pod) => {
			const ordinal = ordinalOf(set, pod);
			return ordinal !== undefined && !isInRange(set, ordinal);
		})
		.sort((a, b) => (ordinalOf(set, b) ?? 0) - (ordinalOf(set, a) ?? 0));

	const actions: Action[] = [];
	for (const [index, pod] of replicas.entries()) {
		const { blocked, actions: own } = tend(observed, firstOrdinal(set) + index, pod);
		actions.push(...own);
		if (blocked && oneByOne) return actions;
	}
	for (const pod of condemned) actions.push(...claimOwners(observed, pod));
	const ended = condemn(observed, replicas, condemned);
	actions.push(...ended.actions);
	if (ended.blocked) return actions;
	return [...actions, ...roll(observed, replicas)];
}

/** The pod of each number that should be; undefined where there is none. */
function slots(set: StatefulSet, pods: readonly Pod[]): (Pod | undefined)[] {
	const byName = new Map(pods.map((pod) => [pod.metadata.name, pod]));
	return Array.from({ length: replicasOf(set) }, (_, index) => byName.get(podName(set, firstOrdinal(set) + index)));
}

/** Scaling down, from the largest number; one by one and only past healthy pods under OrderedReady. */
function condemn(
	observed: Observed,
	replicas: readonly (Pod | undefined)[],
	condemned: readonly Pod[],
): { blocked: boolean; actions: Action[] } {
	const { set } = observed;
	const doomed = (pod: Pod): Action => ({ do: "delete-pod", pod, why: "scale-down" });
	if (isParallel(set)) {
		return { blocked: false, actions: condemned.filter((pod) => !isTerminating(pod)).map(doomed) };
	}
	const next = condemned[0];
	if (!next) return { blocked: false, actions: [] };
	if (isTerminating(next)) return { blocked: true, actions: [] };
	const firstDown = [...replicas, ...condemned.toReversed()].find((pod) => !pod || !isUp(observed, pod));
	const mayGo = isAvailable(observed, next) || next === firstDown;
	return { blocked: true, actions: mayGo ? [doomed(next)] : [] };
}

/** The rolling update: the largest number that is not of the update revision, once all above it are up. */
function roll(observed: Observed, replicas: readonly (Pod | undefined)[]): Action[] {
	const { set, update } = observed;
	if (set.spec?.updateStrategy?.type === "OnDelete") return [];
	const partition = set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
	for (const pod of replicas.slice(partition).toReversed()) {
		// one created in this very round is of the right revision, and not up yet
		if (!pod) return [];
		if (pod.metadata.labels?.[REVISION_LABEL] !== update.name && !isTerminating(pod)) {
			return [{ do: "delete-pod", pod, why: "update" }];
		}
		if (!isUp(observed, pod)) return [];
	}
	return [];
}
