import {
	type ClaimView,
	type ClusterView,
	claimName,
	podAt,
	type StorageView,
	type VolumeView,
} from "../cluster/cluster-view.ts";
import type { VolumePlace } from "./goal.ts";
import { newVolume } from "./new-volume.ts";
import type { Blocked, NewVolume } from "./step.ts";

export type VolumesDecision = { kind: "ok"; missing: readonly NewVolume[] } | { kind: "blocked"; blocked: Blocked };

/** The static volumes that must be made before the pod of `ordinal` can start: none where a provisioner makes them. */
export function volumesFor(view: ClusterView, ordinal: number, place: VolumePlace = {}): VolumesDecision {
	const missing: NewVolume[] = [];
	for (const storage of view.storage) {
		const name = claimName(view.statefulSet, storage.template, ordinal);
		const stale = view.claims.find((claim) => claim.name === name);
		if (stale) return { kind: "blocked", blocked: staleClaim(view, stale, ordinal) };
		if (storage.provisioner !== undefined) continue;
		const reserved = view.volumes.find(
			(v) => v.claim?.namespace === view.statefulSet.namespace && v.claim.name === name,
		);
		if (reserved && reserved.phase !== "Released" && reserved.phase !== "Failed") continue;
		if (reserved) return { kind: "blocked", blocked: staleVolume(reserved) };
		const volume = newVolume(view, storage, ordinal, name, place);
		if ("reason" in volume) {
			// a volume of the class that nobody claims will do as well
			if (view.volumes.some((v) => isFree(v, storage))) continue;
			return { kind: "blocked", blocked: volume };
		}
		missing.push(volume);
	}
	return { kind: "ok", missing };
}

function isFree(volume: VolumeView, storage: StorageView): boolean {
	return volume.phase === "Available" && !volume.claim && (volume.spec.storageClassName ?? "") === storage.className;
}

function staleClaim(view: ClusterView, claim: ClaimView, ordinal: number): Blocked {
	const where = podAt(view, ordinal) ? "" : ", though its pod is gone";
	return {
		reason: "StaleClaim",
		message: `claim ${claim.name} is there already${where}; a new member must not start on an earlier one's data`,
		hint: `if nothing in it is needed: kubectl delete pvc ${claim.name} -n ${view.statefulSet.namespace}${claim.volume ? `; kubectl delete pv ${claim.volume}, and empty its folder` : ""}`,
	};
}

function staleVolume(volume: VolumeView): Blocked {
	return {
		reason: "StaleVolume",
		message: `volume ${volume.name} is ${volume.phase}: it was an earlier member's and holds its data`,
		hint: `if nothing in it is needed: kubectl delete pv ${volume.name}, and empty its folder`,
	};
}
