import { PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES } from "../../api/resources.ts";
import type { Claim, Volume } from "../stored.ts";
import { BIND_COMPLETED, BOUND_BY_CONTROLLER } from "./annotations.ts";
import type { VolumeContext } from "./context.ts";
import { isFor } from "./match.ts";

/** Points the volume at the claim; true to the volume's own words where the user has reserved it. */
export function reserve(copy: Volume, claim: Claim): boolean {
	const { claimRef } = copy.spec ?? {};
	const { name, namespace, uid, resourceVersion } = claim.metadata;
	const own = isFor(copy, claim);
	if (!copy.spec || (own && claimRef?.uid === uid)) return false;
	copy.spec.claimRef = { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace, uid, resourceVersion };
	if (!own) copy.metadata.annotations = { ...copy.metadata.annotations, [BOUND_BY_CONTROLLER]: "yes" };
	return true;
}

/** Ties the two together, from whatever half-way state: volume first, so that no two claims get the same one. */
export function bind(context: VolumeContext, volume: Volume, claim: Claim): void {
	const { api } = context;
	api.modify<Volume>(PERSISTENTVOLUMES, undefined, volume.metadata.name, (copy) => reserve(copy, claim));
	context.setVolumePhase(volume, "Bound");
	api.modify<Claim>(PERSISTENTVOLUMECLAIMS, claim.metadata.namespace, claim.metadata.name, (copy) => {
		const annotations = { ...copy.metadata.annotations };
		const complete = annotations[BIND_COMPLETED] !== undefined;
		if (!copy.spec || (copy.spec.volumeName === volume.metadata.name && complete)) return false;
		if (!copy.spec.volumeName) {
			copy.spec.volumeName = volume.metadata.name;
			annotations[BOUND_BY_CONTROLLER] = "yes";
		}
		annotations[BIND_COMPLETED] = "yes";
		copy.metadata.annotations = annotations;
	});
	context.setClaimPhase(claim, "Bound", volume);
}

/** Gives a volume free whose claim went elsewhere: a user's reservation stays, the controller's goes. */
export function unbind(context: VolumeContext, volume: Volume): void {
	context.api.modify<Volume>(PERSISTENTVOLUMES, undefined, volume.metadata.name, (copy) => {
		if (!copy.spec?.claimRef) return false;
		const { [BOUND_BY_CONTROLLER]: byController, ...annotations } = copy.metadata.annotations ?? {};
		if (byController === undefined) {
			const { uid: _, ...reference } = copy.spec.claimRef;
			copy.spec.claimRef = reference;
		} else {
			delete copy.spec.claimRef;
			copy.metadata.annotations = annotations;
		}
	});
	context.setVolumePhase(volume, "Available");
}
