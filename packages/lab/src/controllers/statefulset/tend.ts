import { isFinished, isTerminating } from "../pod-state.ts";
import type { Pod, StatefulSet } from "../stored.ts";
import { claimsFor, isStaleClaim, retentionOwners } from "./claims.ts";
import { firstOrdinal, isParallel, ordinalOf, podName } from "./identity.ts";
import { mendedLabels, type NewPod, newPod } from "./new-pod.ts";
import { type Action, isAvailable, type Observed } from "./observed.ts";

/** One number's own needs. `blocked`: under OrderedReady nothing after it may be done yet. */
export function tend(
	observed: Observed,
	ordinal: number,
	pod: Pod | undefined,
): { blocked: boolean; actions: Action[] } {
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

/** Claims whose owners are not what the retention policy wants. */
export function claimOwners({ set, claims }: Observed, pod: Pod): Action[] {
	const ordinal = ordinalOf(set, pod);
	if (ordinal === undefined) return [];
	const wrong = claimsFor(set, ordinal).some(({ metadata }) => {
		const claim = claims.get(metadata.name);
		return claim !== undefined && retentionOwners(set, pod, ordinal, claim) !== undefined;
	});
	return wrong ? [{ do: "set-claim-owners", ordinal, pod }] : [];
}
