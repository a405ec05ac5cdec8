import {
	type ClaimView,
	type CleanerView,
	type ClusterView,
	claimName,
	type PodView,
	type VolumeTask,
} from "../cluster/cluster-view.ts";
import { madeFor } from "./expected-data.ts";
import { isFree } from "./volumes.ts";

export const newCleaner = (
	view: ClusterView,
	task: VolumeTask,
	claim: string,
	node: string | undefined,
): CleanerView => ({
	madeFor: madeFor(view, claim),
	pod: `quorate-${task}-${claim}`,
	uid: `uid-${task}-${claim}`,
	claim,
	task,
	node,
	phase: "Running",
	report: undefined,
	trouble: undefined,
});

/** Claims of these pods, each bound to a volume: its own, the one that is meant for it, or one that is free. */
export function settledStorage(view: ClusterView, pods: readonly PodView[]): Pick<ClusterView, "claims" | "volumes"> {
	const set = view.statefulSet;
	const bound = new Map<string, { namespace: string; name: string }>();
	const claims = pods.flatMap((pod) =>
		view.storage.map((storage): ClaimView => {
			const { template } = storage;
			const name = claimName(set, template, pod.ordinal);
			const made = view.claims.find((c) => c.name === name);
			const reserved = view.volumes.find((v) => v.claim?.name === name && v.claim.namespace === set.namespace);
			const free = view.volumes.find((v) => !bound.has(v.name) && isFree(view, v, storage));
			const volume = made?.volume ?? (reserved ?? free)?.name ?? `volume-of-${name}`;
			bound.set(volume, { namespace: set.namespace, name });
			const settled = { phase: "Bound", volume, terminating: false } as const;
			return { ...(made ?? { ordinal: pod.ordinal, template, name, uid: `uid-${name}` }), ...settled };
		}),
	);
	const present = new Set(claims.map(({ name }) => name));
	const kept = set.deletesClaims ? [] : view.claims.filter(({ name }) => !present.has(name));
	return {
		claims: [...claims, ...kept],
		volumes: view.volumes.map((volume) =>
			bound.has(volume.name) ? { ...volume, phase: "Bound", claim: bound.get(volume.name) } : volume,
		),
	};
}
