import {
	type ClaimView,
	type ClusterView,
	isClaimOf,
	leavingAt,
	type StorageView,
	type VolumeView,
} from "../cluster/cluster-view.ts";
import type { LeavingRecord } from "../cluster/scaling-record.ts";

/** Made by a program that takes care of it, data and all, once its claim is gone. */
export const isProvisioned = ({ annotations }: Pick<VolumeView, "annotations">): boolean =>
	annotations["pv.kubernetes.io/provisioned-by"] !== undefined;

/** Static volumes keep their data when their claim goes; of the others the class takes care. */
export const isStatic = (storage: StorageView | undefined): boolean =>
	storage !== undefined && storage.provisioner === undefined;

/** The volume that the claim is bound to, where it is a static one. */
export function staticVolume(view: ClusterView, claim: ClaimView): VolumeView | undefined {
	const storage = view.storage.find(({ template }) => template === claim.template);
	return isStatic(storage) ? view.volumes.find(({ name }) => name === claim.volume) : undefined;
}

/** The static volume that nothing but this claim can be bound to. */
export function reservedVolume({ statefulSet, volumes }: ClusterView, { name }: ClaimView): VolumeView | undefined {
	const isMeant = ({ claim }: VolumeView) => claim?.namespace === statefulSet.namespace && claim.name === name;
	return volumes.find((volume) => isMeant(volume) && (volume.phase === "Available" || volume.phase === "Pending"));
}

/**
 * Never bound, and no volume is reserved for it, so it holds nothing: its pod was created, and scaled away before it had a volume. Where volumes
 * cannot be read none is taken for unused, for one may be about to be bound to it.
 */
export const isUnused = (view: ClusterView, claim: ClaimView): boolean =>
	claim.phase === "Pending" &&
	claim.volume === undefined &&
	!claim.terminating &&
	view.unread?.volumes === undefined &&
	!reservedVolume(view, claim);

/** Made for a claim of this StatefulSet, whatever has been written down. */
export const isOurs = ({ statefulSet: set, storage }: ClusterView, claim: VolumeView["claim"]): boolean =>
	claim?.namespace === set.namespace &&
	storage.some((one) => isStatic(one) && isClaimOf(set, one.template, claim.name));

/** What is noted of the one who used the claim, where this run made it leave. */
export function leftBy({ statefulSet: { record } }: ClusterView, claim: ClaimView): LeavingRecord | undefined {
	const leaving = leavingAt(record, claim.ordinal);
	if (!leaving) return undefined;
	// an earlier release noted no claims
	return !leaving.claims || leaving.claims.some(({ uid }) => uid === claim.uid) ? leaving : undefined;
}

/** This run made its member leave, or made the volume, or was about to bring its pod up. */
export function isOfThisRun(view: ClusterView, claim: ClaimView): boolean {
	const { record } = view.statefulSet;
	if (leftBy(view, claim) || record?.joining === claim.ordinal) return true;
	return claim.volume !== undefined && record?.volumes?.includes(claim.volume) === true;
}
