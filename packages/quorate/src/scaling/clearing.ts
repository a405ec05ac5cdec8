import {
	type ClusterView,
	isClaimOf,
	memberAt,
	podAt,
	podName,
	type StorageView,
	type VolumeView,
} from "../cluster/cluster-view.ts";
import { step, wait } from "./decision.ts";
import type { Goal } from "./goal.ts";
import type { Decision } from "./step.ts";

/**
 * What a member that has left leaves behind, cleared so that no later member starts on its data: its pod gone, a static
 * volume emptied, claim and volume deleted. Undefined: nothing is left.
 */
export function clearing(view: ClusterView, goal: Goal): Decision | undefined {
	const set = view.statefulSet;
	const pod = view.pods.find((p) => p.ordinal >= set.firstOrdinal + set.replicas && !memberAt(view, p.ordinal));
	if (pod)
		return wait({
			kind: "pod-gone",
			ordinal: pod.ordinal,
			reason: `pod ${pod.name} is ending`,
			hint: `kubectl describe pod ${pod.name} -n ${set.namespace}`,
		});
	if (goal.keepVolumes) return undefined;
	for (const claim of view.claims) {
		const { ordinal } = claim;
		if (ordinal < set.firstOrdinal + set.replicas || memberAt(view, ordinal) || podAt(view, ordinal)) continue;
		const storage = view.storage.find(({ template }) => template === claim.template);
		if (claim.terminating || set.deletesClaims)
			return wait({
				kind: "claim-gone",
				ordinal,
				reason: `claim ${claim.name} is being deleted`,
				hint: `kubectl describe pvc ${claim.name} -n ${set.namespace}`,
			});
		if (isStatic(storage) && claim.volume !== undefined) {
			const emptying = untilEmptied(view, claim.name, ordinal);
			if (emptying) return emptying;
		}
		return step({ kind: "delete-claim", ordinal, claim: claim.name });
	}
	return staleVolume(view) ?? unusedVolume(view, goal);
}

/** Static volumes keep their data when their claim goes; of the others the class takes care. */
const isStatic = (storage: StorageView | undefined): boolean =>
	storage !== undefined && storage.provisioner === undefined;

/** Made for a claim of this StatefulSet, whatever has been written down. */
const isOurs = ({ statefulSet: set, storage }: ClusterView, claim: VolumeView["claim"]): boolean =>
	claim?.namespace === set.namespace &&
	storage.some((one) => isStatic(one) && isClaimOf(set, one.template, claim.name));

function untilEmptied(view: ClusterView, claim: string, ordinal: number): Decision | undefined {
	const set = view.statefulSet;
	const cleaner = view.cleaners.find((c) => c.claim === claim);
	if (cleaner?.phase === "Succeeded") return undefined;
	if (cleaner?.phase === "Failed")
		return {
			kind: "blocked",
			blocked: {
				reason: "VolumeNotEmptied",
				message: `the volume of claim ${claim} could not be emptied (${cleaner.trouble ?? "the pod that was to do it failed"})`,
				hint: `empty it by hand and delete the claim and its volume, or leave all of it with --keep-volumes; then: kubectl delete pod -l quorate.io/empties=${claim} -n ${set.namespace}`,
			},
		};
	if (cleaner)
		return wait({
			kind: "volume-emptied",
			ordinal,
			reason: cleaner.trouble ?? `the volume of ${podName(set, ordinal)} is being emptied`,
			hint: `kubectl describe pod -l quorate.io/empties=${claim} -n ${set.namespace}`,
		});
	const node = set.record?.leaving?.ordinal === ordinal ? set.record.leaving.node : undefined;
	return step({ kind: "empty-volume", ordinal, claim, node });
}

/** A static volume whose claim is gone: nothing may be bound to it again. One that was made for a claim to come is left alone. */
function staleVolume(view: ClusterView): Decision | undefined {
	const stale = view.volumes.find(({ claim, phase }) => {
		if (!isOurs(view, claim) || phase === "Available" || phase === "Pending") return false;
		return !view.claims.some(({ name }) => name === claim?.name);
	});
	if (!stale) return undefined;
	if (!stale.terminating && stale.phase !== "Bound") return step({ kind: "delete-volume", volume: stale.name });
	return wait({
		kind: "volume-gone",
		reason: `volume ${stale.name} is being ${stale.terminating ? "deleted" : "released"}`,
		hint: `kubectl describe pv ${stale.name}`,
	});
}

/** One that was made for a member that is not to come after all. */
function unusedVolume(view: ClusterView, goal: Goal): Decision | undefined {
	const set = view.statefulSet;
	if (goal.replicas > set.replicas) return undefined;
	const wanted = new Set(view.claims.map(({ name }) => name));
	const unused = view.volumes.find(
		({ name, claim }) => set.record?.volumes?.includes(name) && isOurs(view, claim) && !wanted.has(claim?.name ?? ""),
	);
	if (!unused) return undefined;
	if (!unused.terminating) return step({ kind: "delete-volume", volume: unused.name });
	return wait({
		kind: "volume-gone",
		reason: `volume ${unused.name} is being deleted`,
		hint: `kubectl describe pv ${unused.name}`,
	});
}
