import type { StatefulSet } from "../stored.ts";

type Named = { metadata: { name: string } };

/** What an unset `spec.replicas` and its like mean (the API server fills them in; a revision's data may lack them). */
export const replicasOf = (set: StatefulSet): number => set.spec?.replicas ?? 1;
export const firstOrdinal = (set: StatefulSet): number => set.spec?.ordinals?.start ?? 0;
export const endOrdinal = (set: StatefulSet): number => firstOrdinal(set) + replicasOf(set);
export const minReadySeconds = (set: StatefulSet): number => set.spec?.minReadySeconds ?? 0;
export const isParallel = (set: StatefulSet): boolean => set.spec?.podManagementPolicy === "Parallel";

export const podName = (set: Named, ordinal: number): string => `${set.metadata.name}-${ordinal}`;

export const claimName = (template: string, set: Named, ordinal: number): string =>
	`${template}-${podName(set, ordinal)}`;

/** The pod's number in the set that its name speaks of; undefined where it is not of that set. */
export function ordinalOf(set: Named, pod: Named): number | undefined {
	const [, parent, digits] = /^(.*)-(\d+)$/.exec(pod.metadata.name) ?? [];
	return parent === set.metadata.name ? Number(digits) : undefined;
}

export const isInRange = (set: StatefulSet, ordinal: number): boolean =>
	ordinal >= firstOrdinal(set) && ordinal < endOrdinal(set);
