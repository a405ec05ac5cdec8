import {
	type ClaimView,
	type CleanerView,
	type ClusterView,
	isLocal,
	memberAt,
	podAt,
	podName,
	type VolumeView,
} from "../cluster/cluster-view.ts";
import { folderOf, nodeOf, sharerOf } from "../cluster/volume-place.ts";
import { blocked, step, wait } from "./decision.ts";
import { madeFor } from "./expected-data.ts";
import type { Goal } from "./goal.ts";
import {
	isOfThisRun,
	isOurs,
	isProvisioned,
	isUnused,
	leftBy,
	reservedVolume,
	staticVolume,
} from "./static-volumes.ts";
import type { Decision } from "./step.ts";
import { describeCleaner, describeVolume, notPlaced, notTheMembers } from "./volume-refusals.ts";

/**
 * What a member that this run made leave has left behind, cleared so that no later member starts on its data: its pod gone, a static
 * volume emptied, claim and volume deleted. What was there before the run is only touched where that is asked for (`discardVolumes`), but for a
 * claim that a new member is to have and that holds nothing.
 * Undefined: nothing is left to clear.
 */
export function clearing(view: ClusterView, goal: Goal): Decision | undefined {
	const set = view.statefulSet;
	const pod = view.pods.find((p) => p.ordinal >= set.firstOrdinal + set.replicas && !memberAt(view, p.ordinal));
	if (pod) return wait(untilGone(view, pod));
	for (const claim of view.claims) {
		const { ordinal } = claim;
		if (ordinal < set.firstOrdinal + set.replicas || memberAt(view, ordinal) || podAt(view, ordinal)) continue;
		const ours = isOfThisRun(view, claim);
		const inTheWay = !ours && isUnused(view, claim) && ordinal < set.firstOrdinal + goal.replicas;
		if (!isGoing(view, claim) && !inTheWay && (ours ? goal.keepVolumes : !goal.discardVolumes)) continue;
		const visitors = view.cleaners.filter((one) => one.claim === claim.name);
		const emptying = visitors.some(({ task }) => task === "empty");
		// a claim that someone deletes stays as long as a pod of ours mounts it
		const [visitor] = claim.terminating && !emptying ? visitors : [];
		if (visitor) return step({ kind: "remove-cleaner", pod: visitor.pod, uid: visitor.uid });
		if (claim.usedBy !== undefined) return wait(untilUnused(view, claim, claim.usedBy));
		if ((claim.terminating || (ours && set.deletesClaims)) && !emptying)
			return wait({
				kind: "claim-gone",
				ordinal,
				reason: `claim ${claim.name} is being deleted`,
				hint: `kubectl describe pvc ${claim.name} -n ${set.namespace}`,
			});
		const volume = staticVolume(view, claim);
		const unemptied = volume && !leftBy(view, claim)?.unused ? untilEmptied(view, claim, volume) : undefined;
		if (unemptied) return unemptied;
		// it may be bound by now, but no pod is left that could write to it
		const meant = volume ?? (claim.volume === undefined ? reservedVolume(view, claim) : undefined);
		const emptied = meant && isToGo(view, claim, meant) ? { name: meant.name, uid: meant.uid } : undefined;
		return step({ kind: "delete-claim", ordinal, claim: claim.name, uid: claim.uid, emptied });
	}
	return emptiedVolume(view) ?? (goal.keepVolumes ? undefined : unusedVolume(view, goal));
}

/** This run emptied its volume and deleted it, under whichever flags: what is left of both goes, too. */
function isGoing(view: ClusterView, claim: ClaimView): boolean {
	const volume = staticVolume(view, claim);
	return claim.terminating && view.statefulSet.record?.emptied?.some(({ uid }) => uid === volume?.uid) === true;
}

/** One that was free when a learner of this run took it, which leaves again, is not ours to delete. */
function isToGo(view: ClusterView, claim: ClaimView, volume: VolumeView): boolean {
	const { record } = view.statefulSet;
	return !leftBy(view, claim)?.learner || record?.volumes?.includes(volume.name) === true;
}

/** It emptied the volume of one who left, and a pod has come since that may write to it: what it reported is no evidence any more. */
export function outlivedCleaner(view: ClusterView): CleanerView | undefined {
	return view.cleaners.find(({ claim, task }) => {
		const ordinal = task === "empty" ? view.claims.find(({ name }) => name === claim)?.ordinal : undefined;
		return ordinal !== undefined && (podAt(view, ordinal) ?? memberAt(view, ordinal)) !== undefined;
	});
}

function untilGone(view: ClusterView, pod: ClusterView["pods"][number]) {
	const { namespace } = view.statefulSet;
	const lost = view.nodes.find(({ name, ready }) => name === pod.node && !ready);
	const stuck = `kubectl delete pod ${pod.name} -n ${namespace} --grace-period=0 --force`;
	return {
		kind: "pod-gone",
		ordinal: pod.ordinal,
		reason: lost ? `pod ${pod.name} is ending on node ${lost.name}, which is not Ready` : `pod ${pod.name} is ending`,
		hint: lost
			? `bring node ${lost.name} back; if it is gone for good, nothing of the pod can run there any more: ${stuck}`
			: `kubectl describe pod ${pod.name} -n ${namespace}`,
	} as const;
}

/** Whatever it does there: what is deleted under it is deleted under somebody who was not asked. */
const untilUnused = ({ statefulSet: { name, namespace } }: ClusterView, claim: ClaimView, pod: string) =>
	({
		kind: "pod-gone",
		ordinal: claim.ordinal,
		reason: `pod ${pod}, which is none of ${name}, mounts claim ${claim.name}`,
		hint: `see what it does there: kubectl describe pod ${pod} -n ${namespace}; once it is gone the claim can go; or keep claim and volume: --keep-volumes`,
	}) as const;

/** Made while the StatefulSet was as it is: its replicas may have been raised and lowered again since, and a pod have written to the volume. */
const isOfNow = (view: ClusterView, { claim, madeFor: made }: CleanerView): boolean => {
	const { uid, generation, claimUid } = madeFor(view, claim);
	return made?.uid === uid && made.generation === generation && made.claimUid === claimUid;
};

function untilEmptied(view: ClusterView, claim: ClaimView, volume: VolumeView): Decision | undefined {
	const set = view.statefulSet;
	const { ordinal } = claim;
	const node = isLocal(volume) ? nodeOf(view, volume) : undefined;
	if (isLocal(volume) && node === undefined) return { kind: "blocked", blocked: notPlaced(view, claim, volume) };
	const cleaner = view.cleaners.find((one) => one.claim === claim.name && one.task === "empty");
	const path = folderOf(volume.spec);
	if (!cleaner) {
		const shared = path !== undefined && node !== undefined && sharerOf(view, { path, node, except: volume.name });
		if (shared)
			return blocked(
				"VolumeShared",
				`${describeVolume(volume, node)}, cannot be emptied: ${shared.who} has ${shared.path} on the same node`,
				"find out which of them uses the folder, and delete the other volume; or keep claim and volume: --keep-volumes",
			);
		return step({ kind: "empty-volume", ordinal, claim: claim.name, volume: volume.name, path, node });
	}
	// made where the volume was supposed to be, by an earlier release, or before the node was known
	if (cleaner.node !== node) return step({ kind: "remove-cleaner", pod: cleaner.pod, uid: cleaner.uid });
	const ended = cleaner.phase === "Succeeded" || cleaner.phase === "Failed";
	if (ended && !isOfNow(view, cleaner)) return step({ kind: "remove-cleaner", pod: cleaner.pod, uid: cleaner.uid });
	const replace = `kubectl delete pod ${cleaner.pod} -n ${set.namespace}`;
	if (cleaner.phase === "Succeeded") {
		if (cleaner.report?.emptied) return undefined;
		if (cleaner.report?.refused) return { kind: "blocked", blocked: notTheMembers(view, claim, cleaner) };
	}
	if (cleaner.phase === "Failed" || cleaner.phase === "Succeeded")
		return blocked(
			"VolumeNotEmptied",
			`the volume of claim ${claim.name} could not be emptied (${cleaner.trouble ?? "the pod that was to do it did not report that it has"})`,
			`leave claim and volume with --keep-volumes, and delete the pod: ${replace}; or fix what it failed of, delete the pod, and run the same command again`,
		);
	return wait({
		kind: "volume-emptied",
		ordinal,
		reason: cleaner.trouble ?? `the volume of ${podName(set, ordinal)} is being emptied`,
		hint: describeCleaner(cleaner.pod, set.namespace),
	});
}

/** A static volume that was verified to be empty, and whose claim is gone: nothing may be bound to it again. */
function emptiedVolume(view: ClusterView): Decision | undefined {
	const emptied = view.statefulSet.record?.emptied ?? [];
	const volume = view.volumes.find((one) => {
		if (isProvisioned(one) || !emptied.some(({ uid }) => uid === one.uid)) return false;
		return isOurs(view, one.claim) && !view.claims.some(({ name }) => name === one.claim?.name);
	});
	if (!volume) return undefined;
	if (!volume.terminating && volume.phase !== "Bound")
		return step({ kind: "delete-volume", volume: volume.name, uid: volume.uid });
	return untilVolumeGone(volume, volume.terminating ? "deleted" : "released");
}

/** One that was made for a member that is not to come after all, and that no claim was ever bound to. */
function unusedVolume(view: ClusterView, goal: Goal): Decision | undefined {
	const set = view.statefulSet;
	if (goal.replicas > set.replicas) return undefined;
	const wanted = new Set(view.claims.map(({ name }) => name));
	const unused = view.volumes.find(
		({ name, claim, phase }) =>
			set.record?.volumes?.includes(name) &&
			(phase === "Available" || phase === "Pending") &&
			isOurs(view, claim) &&
			!wanted.has(claim?.name ?? ""),
	);
	if (!unused) return undefined;
	if (!unused.terminating) return step({ kind: "delete-volume", volume: unused.name, uid: unused.uid });
	return untilVolumeGone(unused, "deleted");
}

const untilVolumeGone = ({ name }: VolumeView, how: string): Decision =>
	wait({
		kind: "volume-gone",
		reason: `volume ${name} is being ${how}`,
		hint: `kubectl describe pv ${name}`,
	});
