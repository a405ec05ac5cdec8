import type { Api } from "../../api/api.ts";
import { PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, PODS, STORAGECLASSES } from "../../api/resources.ts";
import type { Controller } from "../controller.ts";
import { type AnyStored, type Claim, keyOf, type Pod, splitKey, type Volume } from "../stored.ts";
import { VolumeContext, type VolumeOptions } from "./context.ts";
import { classOf } from "./match.ts";
import { syncClaim } from "./sync-claim.ts";
import { syncVolume } from "./sync-volume.ts";

/** Binds claims to volumes, has volumes made, and reclaims them. Keys of claims have a namespace, those of volumes none. */
export function volumeBinder(api: Api, options: VolumeOptions = {}): Controller {
	const context = new VolumeContext(api, options);
	const pending = (name: string) =>
		api
			.list<Claim>(PERSISTENTVOLUMECLAIMS)
			.filter((claim) => !claim.spec?.volumeName && classOf(claim) === name)
			.map(keyOf);
	return {
		name: "persistentvolume-binder",
		watches: [
			{ resource: PERSISTENTVOLUMECLAIMS, keys: (object, type) => claimKeys(context, object, type) },
			{ resource: PERSISTENTVOLUMES, keys: (object, type) => volumeKeys(object as Volume, type, pending) },
			{ resource: STORAGECLASSES, keys: (object) => pending(object.metadata.name) },
			{ resource: PODS, keys: (object, type) => consumerKeys(context, object as Pod, type) },
		],
		reconcile(key) {
			const { namespace, name } = splitKey(key);
			if (namespace) {
				const claim = context.claim(namespace, name);
				if (claim) syncClaim(context, claim);
				return undefined;
			}
			const volume = context.volume(name);
			const next = volume && syncVolume(context, volume);
			const claim = next ? context.claim(splitKey(next).namespace, splitKey(next).name) : undefined;
			if (claim) syncClaim(context, claim);
			return undefined;
		},
	};
}

/** A claim, and the volume that it is bound to; once it is gone, whatever was kept for it. */
function claimKeys(context: VolumeContext, object: AnyStored, type: string): string[] {
	const claim = object as Claim;
	const kept =
		type === "DELETED" ? context.volumes().filter((volume) => volume.spec?.claimRef?.uid === claim.metadata.uid) : [];
	const bound = claim.spec?.volumeName ? [claim.spec.volumeName] : [];
	return [keyOf(claim), ...bound, ...kept.map(keyOf)];
}

/** Claims that wait for their first consumer, once there is one. */
function consumerKeys(context: VolumeContext, pod: Pod, type: string): string[] {
	if (type !== "ADDED" || pod.spec?.nodeName) return [];
	return (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => {
		const claim = context.claim(pod.metadata.namespace, persistentVolumeClaim?.claimName);
		return claim && !claim.spec?.volumeName && context.isDelayed(claim) ? [keyOf(claim)] : [];
	});
}

function volumeKeys(volume: Volume, type: string, pending: (storageClass: string) => string[]): string[] {
	const { claimRef } = volume.spec ?? {};
	const own = claimRef?.name ? [`${claimRef.namespace}/${claimRef.name}`] : [];
	if (type === "DELETED") return own;
	return [volume.metadata.name, ...own, ...(volume.status?.phase === "Available" ? pending(classOf(volume)) : [])];
}
