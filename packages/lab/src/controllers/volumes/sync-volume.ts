import { PERSISTENTVOLUMES } from "../../api/resources.ts";
import type { Volume } from "../stored.ts";
import { LAB_PROVISIONER, PROVISIONED_BY } from "./annotations.ts";
import { unbind } from "./bind.ts";
import type { VolumeContext } from "./context.ts";

/** Brings a volume's phase in line with its claim, and reclaims it once the claim is gone. Returns a claim to look at. */
export function syncVolume(context: VolumeContext, volume: Volume): string | undefined {
	const reference = volume.spec?.claimRef;
	if (!reference?.name) {
		context.setVolumePhase(volume, "Available");
		return undefined;
	}
	const key = `${reference.namespace}/${reference.name}`;
	if (!reference.uid) {
		// reserved by the user; the claim binds it when it comes
		context.setVolumePhase(volume, "Available");
		return key;
	}
	const claim = context.claim(reference.namespace, reference.name);
	if (claim?.metadata.uid !== reference.uid) {
		release(context, volume);
		return undefined;
	}
	if (!claim.spec?.volumeName) return key;
	if (claim.spec.volumeName === volume.metadata.name) {
		context.setVolumePhase(volume, "Bound");
		return undefined;
	}
	const provisioned = volume.metadata.annotations?.[PROVISIONED_BY] !== undefined;
	if (provisioned && volume.spec?.persistentVolumeReclaimPolicy === "Delete") release(context, volume);
	else unbind(context, volume);
	return undefined;
}

function release(context: VolumeContext, volume: Volume) {
	const phase = volume.status?.phase;
	// what failed once fails again: an administrator's turn
	if (phase === "Failed") return;
	const ours = volume.metadata.annotations?.[PROVISIONED_BY] === LAB_PROVISIONER;
	// deleted by a user: only a provisioner of its own still clears up, once
	if (volume.metadata.deletionTimestamp && (!ours || phase === "Released")) {
		return phase === "Released" ? undefined : context.setVolumePhase(volume, "Released");
	}
	if (phase !== "Released") context.setVolumePhase(volume, "Released");
	const policy = volume.spec?.persistentVolumeReclaimPolicy ?? "Retain";
	if (policy === "Retain") return;
	if (policy !== "Delete") {
		return context.tell(volume, "Warning", "VolumeUnknownReclaimPolicy", "Volume has unrecognized reclaim policy");
	}
	try {
		remove(context, volume, ours);
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		context.setVolumePhase(volume, "Failed", message);
		return context.tell(volume, "Warning", "VolumeFailedDelete", message);
	}
	context.api.delete(PERSISTENTVOLUMES, undefined, volume.metadata.name, {
		preconditions: { uid: volume.metadata.uid },
	});
}

/** Kubernetes' own host path plugin deletes under /tmp only, so that a volume of /etc does no harm. */
function remove(context: VolumeContext, volume: Volume, ours: boolean): void {
	const path = volume.spec?.hostPath?.path;
	if (path === undefined) {
		throw new Error(
			`error getting deleter volume plugin for volume ${JSON.stringify(volume.metadata.name)}: no volume plugin matched`,
		);
	}
	if (!ours && !/\/tmp\/.+/.test(path)) {
		throw new Error(`host_path deleter only supports /tmp/.+ but received provided ${path}`);
	}
	context.options.removeVolumeData?.(volume);
}
