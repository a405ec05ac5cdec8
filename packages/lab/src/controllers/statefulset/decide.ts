import type { StatefulSetStatus } from "kubernetes-types/apps/v1";
import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import { availableIn, isFinished, isRunningAndReady, isTerminating } from "../pod-state.ts";
import type { Claim, Pod, StatefulSet } from "../stored.ts";
import { claimsFor, isStaleClaim, retentionOwners } from "./claims.ts";
import { firstOrdinal, isInRange, isParallel, minReadySeconds, ordinalOf, podName, replicasOf } from "./identity.ts";
import { mendedLabels, type NewPod, newPod, REVISION_LABEL } from "./new-pod.ts";
import { statusOf } from "./status.ts";

/** What is done next, in this order; the first that fails ends the round. */
export type Action =
	| { do: "create-pod"; ordinal: number; pod: NewPod }
	| { do: "create-claims"; ordinal: number; pod: Pod }
	| { do: "mend-pod"; ordinal: number; pod: Pod }
	| { do: "set-claim-owners"; ordinal: number; pod: Pod }
	| { do: "delete-pod"; pod: Pod; why: "finished" | "scale-down" | "update" };

export interface Observed {
	set: StatefulSet;
	/** the set's own pods, terminating ones too */
	pods: readonly Pod[];
	/** claims of the set's namespace, by name */
	claims: ReadonlyMap<string, Claim>;
	current: { name: string; template: PodTemplateSpec };
	update: { name: string; template: PodTemplateSpec };
	collisions: number;
	/** ms since the epoch: minReadySeconds is counted by it */
	now: number;
}

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

/** One number's own needs. `blocked`: under OrderedReady nothing after it may be done yet. */
function tend(observed: Observed, ordinal: number, pod: Pod | undefined): { blocked: boolean; actions: Action[] } {
	const { set, claims } = observed;
	if (!pod) {
		const stale = claimsFor(set, ordinal).some(({ metadata }) => {
			const claim = claims.get(metadata.name);
			return claim !== undefined && isStaleClaim(set, claim, podName(set, ordinal));
		});
		if (stale) return { blocked: true, actions: [] };
		return { blocked: true, actions: [{ do: "create-pod", ordinal, pod: podFor(observed, ordinal) }] };
	}
	// a pod that ended, however it ended, is replaced once it is gone
	if (isFinished(pod)) {
		return { blocked: true, actions: isTerminating(pod) ? [] : [{ do: "delete-pod", pod, why: "finished" }] };
	}
	const actions: Action[] = [];
	if (pod.status?.phase === "Pending" && lacksClaim(observed, ordinal)) {
		actions.push({ do: "create-claims", ordinal, pod });
	}
	if (!isParallel(set) && (isTerminating(pod) || !isAvailable(observed, pod))) return { blocked: true, actions };
	if (mendedLabels(set, pod) || !storageMatches(set, pod, ordinal)) actions.push({ do: "mend-pod", ordinal, pod });
	return { blocked: false, actions: [...actions, ...claimOwners(observed, pod)] };
}

/** Whether a new pod of this number is still of the old revision: below the partition, or among those not yet updated. */
function podFor({ set, current, update }: Observed, ordinal: number): NewPod {
	const strategy = set.spec?.updateStrategy;
	const old = strategy?.rollingUpdate ? (strategy.rollingUpdate.partition ?? 0) : (set.status?.currentReplicas ?? 0);
	const isOld = strategy?.type === "RollingUpdate" && ordinal < firstOrdinal(set) + old;
	const { template, name } = isOld ? current : update;
	return newPod(set, template, name, ordinal);
}

function lacksClaim({ set, claims }: Observed, ordinal: number): boolean {
	return claimsFor(set, ordinal).some(({ metadata }) => {
		const claim = claims.get(metadata.name);
		return !claim || claim.metadata.deletionTimestamp !== undefined;
	});
}

function storageMatches(set: StatefulSet, pod: Pod, ordinal: number): boolean {
	const volumes = new Map((pod.spec?.volumes ?? []).map((volume) => [volume.name, volume]));
	const names = claimsFor(set, ordinal).map((claim) => claim.metadata.name);
	return (set.spec?.volumeClaimTemplates ?? []).every(
		(template, index) => volumes.get(template.metadata?.name ?? "")?.persistentVolumeClaim?.claimName === names[index],
	);
}

function claimOwners({ set, claims }: Observed, pod: Pod): Action[] {
	const ordinal = ordinalOf(set, pod);
	if (ordinal === undefined) return [];
	const wrong = claimsFor(set, ordinal).some(({ metadata }) => {
		const claim = claims.get(metadata.name);
		return claim !== undefined && retentionOwners(set, pod, ordinal, claim) !== undefined;
	});
	return wrong ? [{ do: "set-claim-owners", ordinal, pod }] : [];
}

function isAvailable({ set, now }: Observed, pod: Pod): boolean {
	return isRunningAndReady(pod) && availableIn(pod, minReadySeconds(set), now) === 0;
}

const isUp = (observed: Observed, pod: Pod): boolean => isAvailable(observed, pod) && !isTerminating(pod);

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
