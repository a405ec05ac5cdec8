import type { Api } from "../../api/api.ts";
import { REPLICASETS } from "../../api/resources.ts";
import { controllerOf, controllerReference } from "../owners.ts";
import { matchesSelector } from "../selector.ts";
import { goJson } from "../statefulset/hash.ts";
import type { Deployment, ReplicaSet } from "../stored.ts";

export const HASH_LABEL = "pod-template-hash";

/** The Deployment's replica sets; orphans that fit are taken in, those that no longer fit let go. */
export function ownReplicaSets(api: Api, deployment: Deployment): ReplicaSet[] {
	const { namespace, uid, deletionTimestamp } = deployment.metadata;
	return api.list<ReplicaSet>(REPLICASETS, { namespace }).flatMap((set) => {
		const owner = controllerOf(set);
		if (owner && owner.uid !== uid) return [];
		const fits = matchesSelector(deployment.spec?.selector, set.metadata.labels);
		if (owner && fits) return [set];
		if ((!owner && !fits) || deletionTimestamp || set.metadata.deletionTimestamp) return [];
		const changed = api.modify<ReplicaSet>(REPLICASETS, namespace, set.metadata.name, (copy) => {
			const others = (copy.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
			copy.metadata.ownerReferences = fits ? [...others, controllerReference(deployment)] : others;
		});
		return fits && changed ? [changed] : [];
	});
}

/** The oldest first. */
export const byAge = (a: ReplicaSet, b: ReplicaSet): number =>
	compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || compare(a.metadata.name, b.metadata.name);

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The set of the Deployment's present template, the oldest where there are several. */
export function newReplicaSet(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
	const wanted = goJson(deployment.spec?.template);
	return [...sets].sort(byAge).find((set) => goJson(withoutHash(set)) === wanted);
}

function withoutHash({ spec }: ReplicaSet): unknown {
	const { [HASH_LABEL]: _hash, ...labels } = spec?.template?.metadata?.labels ?? {};
	return { ...spec?.template, metadata: { ...spec?.template?.metadata, labels } };
}

export const sizeOf = (set: ReplicaSet): number => set.spec?.replicas ?? 1;
export const isActive = (set: ReplicaSet): boolean => sizeOf(set) > 0;

/** What is wanted of all of them together. */
export const totalSize = (sets: readonly ReplicaSet[]): number => sets.reduce((sum, set) => sum + sizeOf(set), 0);

export const totalAvailable = (sets: readonly ReplicaSet[]): number =>
	sets.reduce((sum, set) => sum + (set.status?.availableReplicas ?? 0), 0);
