import { PODS } from "../../api/resources.ts";
import type { Claim, Pod, Volume } from "../stored.ts";
import { BIND_COMPLETED, BOUND_BY_CONTROLLER } from "./annotations.ts";
import { bind } from "./bind.ts";
import type { VolumeContext } from "./context.ts";
import { classOf, findVolume, isFor, mismatch } from "./match.ts";
import { provision } from "./provision.ts";

/** Moves a claim towards its volume. */
export function syncClaim(context: VolumeContext, claim: Claim) {
	if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) return syncBound(context, claim);
	const name = claim.spec?.volumeName;
	return name ? syncAsked(context, claim, name) : syncUnbound(context, claim);
}

function syncUnbound(context: VolumeContext, claim: Claim) {
	const delayed = context.isDelayed(claim);
	const volume = findVolume(claim, context.volumes(), { delayed });
	if (volume) return bind(context, volume, claim);
	if (delayed && !context.hasNode(claim)) tellOfWaiting(context, claim);
	else if (classOf(claim)) provision(context, claim);
	else {
		const message = "no persistent volumes available for this claim and no storage class is set";
		context.tell(claim, "Normal", "FailedBinding", message);
	}
	context.setClaimPhase(claim, "Pending");
}

function tellOfWaiting(context: VolumeContext, claim: Claim) {
	const waiting = context.api
		.list<Pod>(PODS, { namespace: claim.metadata.namespace })
		.filter((pod) => !pod.spec?.nodeName && !pod.status?.phase?.match(/Succeeded|Failed/) && uses(pod, claim))
		.map((pod) => pod.metadata.name);
	if (waiting.length > 0) {
		const message = `waiting for pod ${waiting.join(",")} to be scheduled`;
		return context.tell(claim, "Normal", "WaitForPodScheduled", message);
	}
	const message = "waiting for first consumer to be created before binding";
	context.tell(claim, "Normal", "WaitForFirstConsumer", message);
}

export function uses(pod: Pod, claim: Claim): boolean {
	return (
		pod.metadata.namespace === claim.metadata.namespace &&
		(pod.spec?.volumes ?? []).some((volume) => volume.persistentVolumeClaim?.claimName === claim.metadata.name)
	);
}

/** The claim names its volume. */
function syncAsked(context: VolumeContext, claim: Claim, name: string) {
	const volume = context.volume(name);
	if (!volume) return void context.setClaimPhase(claim, "Pending");
	if (!volume.spec?.claimRef) {
		const why = mismatch(volume, claim);
		if (!why) return bind(context, volume, claim);
		context.tell(claim, "Warning", "VolumeMismatch", `Cannot bind to requested volume ${JSON.stringify(name)}: ${why}`);
		return void context.setClaimPhase(claim, "Pending");
	}
	if (isFor(volume, claim)) return bind(context, volume, claim);
	if (claim.metadata.annotations?.[BOUND_BY_CONTROLLER] === undefined) {
		const message = `volume ${JSON.stringify(name)} already bound to a different claim.`;
		context.tell(claim, "Warning", "FailedBinding", message);
	}
	context.setClaimPhase(claim, "Pending");
}

/** The claim was bound once: what is not there now is lost. */
function syncBound(context: VolumeContext, claim: Claim) {
	const lost = (reason: string, message: string) => {
		if (context.setClaimPhase(claim, "Lost")) context.tell(claim, "Warning", reason, message);
	};
	const name = claim.spec?.volumeName;
	if (!name) {
		return lost("ClaimLost", "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!");
	}
	const volume: Volume | undefined = context.volume(name);
	if (!volume) return lost("ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
	if (!volume.spec?.claimRef || volume.spec.claimRef.uid === claim.metadata.uid) return bind(context, volume, claim);
	lost("ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly");
}
