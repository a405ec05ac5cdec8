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
	const pointless = withoutUse(view, place);
	if (pointless) return { kind: "blocked", blocked: pointless };
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

/** What was said of places that no volume will be made in, or two in one. */
function withoutUse(view: ClusterView, { nodes, path }: VolumePlace): Blocked | undefined {
	const made = view.storage.filter((storage) => storage.provisioner === undefined);
	if (made.length === 0 && (nodes || path !== undefined))
		return {
			reason: "VolumesAreProvisioned",
			message: `volumes are made by ${view.storage.map((s) => s.provisioner).join(", ") || "nobody"}, where that likes; --volume-node and --volume-path would have no effect`,
			hint: "leave them out",
		};
	if (made.length > 1 && path !== undefined)
		return {
			reason: "OnePathForSeveral",
			message: `each member has several volumes (${made.map((s) => s.template).join(", ")}), which must not share the folder of --volume-path`,
			hint: "leave --volume-path out, or make the volumes by hand, each with a claimRef",
		};
	return undefined;
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
