import type { Deployment, ReplicaSet } from "../stored.ts";
import { sizedFor } from "./annotations.ts";
import { isRolling, limits, replicasOf } from "./limits.ts";
import { byAge, isActive, sizeOf, totalAvailable, totalSize } from "./replica-sets.ts";

/** Which set gets which size next. */
export interface Resize {
	set: ReplicaSet;
	size: number;
}

/** How large the present template's set may be by now. */
export function newSetSize(deployment: Deployment, size: number, total: number): number {
	const replicas = replicasOf(deployment);
	if (!isRolling(deployment)) return replicas;
	const room = replicas + limits(deployment).maxSurge - total;
	return room <= 0 ? size : size + Math.min(room, replicas - size);
}

/** One move of a rolling update: first the new set up, then the old ones down; empty where there is nothing to do now. */
export function nextRoll(deployment: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): Resize[] {
	const replicas = replicasOf(deployment);
	const size = sizeOf(newSet);
	if (size > replicas) return [{ set: newSet, size: replicas }];
	const grown = newSetSize(deployment, size, totalSize([...oldSets, newSet]));
	if (grown !== size) return [{ set: newSet, size: grown }];
	return shrinkOld(deployment, newSet, oldSets.filter(isActive));
}

function shrinkOld(deployment: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): Resize[] {
	const sets = [...oldSets].sort(byAge);
	const needed = replicasOf(deployment) - limits(deployment).maxUnavailable;
	const comingUp = sizeOf(newSet) - (newSet.status?.availableReplicas ?? 0);
	const spare = totalSize([...sets, newSet]) - needed - comingUp;
	if (spare <= 0) return [];
	// those that serve nobody go first, however many they are
	const sizes = new Map(sets.map((set) => [set, sizeOf(set)]));
	take(sets, spare, (set) => sizeOf(set) - (set.status?.availableReplicas ?? 0), sizes);
	const available = totalAvailable([...sets, newSet]);
	if (available > needed) take(sets, available - needed, (set) => sizes.get(set) ?? 0, sizes);
	return sets.flatMap((set) => {
		const size = sizes.get(set) ?? 0;
		return size === sizeOf(set) ? [] : [{ set, size }];
	});
}

function take(
	sets: readonly ReplicaSet[],
	most: number,
	removable: (set: ReplicaSet) => number,
	sizes: Map<ReplicaSet, number>,
): void {
	let left = most;
	for (const set of sets) {
		const count = Math.max(0, Math.min(left, removable(set)));
		sizes.set(set, (sizes.get(set) ?? 0) - count);
		left -= count;
	}
}

/** The Deployment was given another size than its sets were made for. */
export function isScaling(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
	return sets.filter(isActive).some((set) => {
		const { desired } = sizedFor(set);
		return desired !== undefined && desired !== replicasOf(deployment);
	});
}

/** Sizes for a Deployment that is scaled or paused: the one set that is in use gets all, several get their share. */
export function rescale(
	deployment: Deployment,
	newSet: ReplicaSet | undefined,
	oldSets: readonly ReplicaSet[],
): Resize[] {
	const replicas = replicasOf(deployment);
	const all = newSet ? [...oldSets, newSet] : [...oldSets];
	const active = all.filter(isActive);
	const latest = newSet ?? [...oldSets].sort(byAge).at(-1);
	const only = active.length === 0 ? latest : active.length === 1 ? active[0] : undefined;
	if (only) return sizeOf(only) === replicas ? [] : [{ set: only, size: replicas }];
	if (newSet && isSaturated(deployment, newSet)) {
		return oldSets.filter(isActive).map((set) => ({ set, size: 0 }));
	}
	return isRolling(deployment) && active.length > 0 ? shares(deployment, active) : [];
}

function isSaturated(deployment: Deployment, set: ReplicaSet): boolean {
	const replicas = replicasOf(deployment);
	const available = set.status?.availableReplicas ?? 0;
	return sizeOf(set) === replicas && sizedFor(set).desired === replicas && available === replicas;
}

/** In proportion to what each set has; what rounding leaves over goes to the largest. */
function shares(deployment: Deployment, active: readonly ReplicaSet[]): Resize[] {
	const replicas = replicasOf(deployment);
	const most = replicas > 0 ? replicas + limits(deployment).maxSurge : 0;
	const toAdd = most - totalSize(active);
	// growing favours the newer ones, shrinking the older ones
	const sorted = [...active].sort((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? byAge(b, a) : byAge(a, b)));
	let added = 0;
	const sizes = sorted.map((set) => {
		const change = toAdd === 0 ? 0 : share(deployment, set, most, toAdd - added);
		added += change;
		return { set, size: sizeOf(set) + change };
	});
	const [first] = sizes;
	if (first) first.size = Math.max(0, first.size + toAdd - added);
	return sizes;
}

function share(deployment: Deployment, set: ReplicaSet, most: number, left: number): number {
	const size = sizeOf(set);
	if (left === 0) return 0;
	const before = sizedFor(set).max ?? deployment.status?.replicas ?? 0;
	const fraction = replicasOf(deployment) === 0 || before === 0 ? -size : Math.round((size * most) / before) - size;
	return left > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
}
