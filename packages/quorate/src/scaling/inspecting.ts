import { type ClaimView, type ClusterView, isLoose, memberAt, podAt, podName } from "../cluster/cluster-view.ts";
import { onNode } from "../cluster/volume-place.ts";
import { step, wait } from "./decision.ts";
import { staticVolume } from "./static-volumes.ts";
import type { Blocked, Decision } from "./step.ts";
import { describeCleaner, notTheMembers } from "./volume-refusals.ts";

/**
 * While the pod of a member that is to leave still runs: whose data its volumes hold is seen, not supposed. A pod on the same node mounts them and
 * reads it. It also shows that such a pod is admitted and can do its work, before anybody leaves.
 *
 * @returns undefined: it was seen, or cannot be while that pod runs
 */
export function lookingInto(view: ClusterView, ordinal: number): Decision | undefined {
	const node = nodeOfPod(view, ordinal);
	for (const claim of node === undefined ? [] : staticClaims(view, ordinal)) {
		const unseen = node && looking(view, claim, node);
		if (unseen) return unseen;
	}
	return undefined;
}

/**
 * A volume on a node's disk that names no node gets the one that its pod runs on, while that is known: where its member answers. A pod that
 * does not get so far may have come up where the data is not, and the node can be set only once.
 */
export function placing(view: ClusterView, ordinal: number): Decision | undefined {
	const node = nodeOfPod(view, ordinal);
	if (node === undefined || !onNode(view, node) || !memberAt(view, ordinal)?.status) return undefined;
	const loose = staticClaims(view, ordinal)
		.map((claim) => staticVolume(view, claim))
		.find((volume) => volume && isLoose(volume));
	return loose && step({ kind: "place-volume", ordinal, volume: loose.name, uid: loose.uid, node });
}

function nodeOfPod(view: ClusterView, ordinal: number): string | undefined {
	const pod = podAt(view, ordinal);
	const node = pod?.running ? view.nodes.find(({ name }) => name === pod.node) : undefined;
	return node?.ready ? node.name : undefined;
}

const staticClaims = (view: ClusterView, ordinal: number): readonly ClaimView[] =>
	view.claims.filter((claim) => claim.ordinal === ordinal && staticVolume(view, claim));

function looking(view: ClusterView, claim: ClaimView, node: string): Decision | undefined {
	const { ordinal } = claim;
	const { namespace } = view.statefulSet;
	const storage = view.storage.find(({ template }) => template === claim.template);
	// no second pod may mount it
	if (storage?.accessModes.every((mode) => mode === "ReadWriteOncePod")) return undefined;
	const cleaner = view.cleaners.find((one) => one.claim === claim.name && one.task === "look");
	if (!cleaner) return step({ kind: "look-into-volume", ordinal, claim: claim.name, node });
	if (cleaner.node !== node) return step({ kind: "remove-cleaner", pod: cleaner.pod, uid: cleaner.uid });
	if (cleaner.phase === "Succeeded") {
		const member = memberAt(view, ordinal)?.id;
		const another = cleaner.report?.found.some((owner) => owner.member !== member);
		// it looked while another member had the volume
		if (another) return step({ kind: "remove-cleaner", pod: cleaner.pod, uid: cleaner.uid });
		if (cleaner.report && cleaner.report.refused === undefined) return undefined;
		const reason = cleaner.report?.refused ?? "its pod reported nothing";
		return { kind: "blocked", blocked: cannotLook(view, claim, cleaner.pod, reason) };
	}
	if (cleaner.phase === "Failed")
		return {
			kind: "blocked",
			blocked: cannotLook(view, claim, cleaner.pod, cleaner.trouble ?? "the pod that was to look failed"),
		};
	return wait({
		kind: "volume-seen",
		ordinal,
		reason:
			cleaner.trouble ??
			`pod ${cleaner.pod} looks whose data is in the volume of ${podName(view.statefulSet, ordinal)}`,
		hint: describeCleaner(cleaner.pod, namespace),
	});
}

function cannotLook(view: ClusterView, claim: ClaimView, pod: string, reason: string): Blocked {
	const cleaner = view.cleaners.find((one) => one.pod === pod);
	const { namespace } = view.statefulSet;
	if (cleaner?.report?.refused) return notTheMembers(view, claim, cleaner);
	return {
		reason: "VolumeNotSeen",
		message: `a pod cannot look into the volume of claim ${claim.name}, so a pod could not empty it either once its member has left: ${reason}`,
		hint: `fix that and delete the pod, then run the same command again: kubectl delete pod ${pod} -n ${namespace}; or keep claim and volume: --keep-volumes`,
	};
}
