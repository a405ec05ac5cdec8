import type { PersistentVolumeClaim } from "kubernetes-types/core/v1";
import type { OwnerReference } from "kubernetes-types/meta/v1";
import { controllerReference } from "../owners.ts";
import type { Claim, Pod, StatefulSet } from "../stored.ts";
import { claimName, isInRange } from "./identity.ts";

export type NewClaim = PersistentVolumeClaim & { metadata: { name: string; namespace: string } };

/** The claims of the pod of that number, as the set's templates want them. */
export function claimsFor(set: StatefulSet, ordinal: number): NewClaim[] {
	return (set.spec?.volumeClaimTemplates ?? []).map((template) => ({
		apiVersion: "v1",
		kind: "PersistentVolumeClaim",
		metadata: {
			...template.metadata,
			name: claimName(template.metadata?.name ?? "", set, ordinal),
			namespace: set.metadata.namespace,
			labels: { ...template.metadata?.labels, ...set.spec?.selector.matchLabels },
		},
		...(template.spec ? { spec: template.spec } : {}),
	}));
}

export function retentionOf(set: StatefulSet): { whenScaled: string; whenDeleted: string } {
	const policy = set.spec?.persistentVolumeClaimRetentionPolicy;
	return { whenScaled: policy?.whenScaled ?? "Retain", whenDeleted: policy?.whenDeleted ?? "Retain" };
}

/** Who the claim should die with, by the retention policy: the set, its condemned pod, or nobody. */
function wantedOwner(set: StatefulSet, ordinal: number): "set" | "pod" | undefined {
	const { whenScaled, whenDeleted } = retentionOf(set);
	if (whenScaled === "Delete" && !isInRange(set, ordinal)) return "pod";
	return whenDeleted === "Delete" ? "set" : undefined;
}

/**
 * The claim's owner references as the retention policy wants them; undefined where they are so. A claim that someone
 * else manages is left alone.
 */
export function retentionOwners(
	set: StatefulSet,
	pod: Pod,
	ordinal: number,
	claim: Claim,
): OwnerReference[] | undefined {
	const refersTo = (owner: OwnerReference, target: StatefulSet | Pod) =>
		owner.kind === target.kind && owner.name === target.metadata.name && owner.apiVersion === target.apiVersion;
	const present = claim.metadata.ownerReferences ?? [];
	if (present.some((owner) => owner.controller && !refersTo(owner, set) && !refersTo(owner, pod))) return undefined;
	const wanted = wantedOwner(set, ordinal);
	const has = (target: StatefulSet | Pod) => present.some((owner) => owner.uid === target.metadata.uid);
	const stale = (target: StatefulSet | Pod) =>
		present.some((owner) => refersTo(owner, target) && owner.uid !== target.metadata.uid);
	if (has(set) === (wanted === "set") && has(pod) === (wanted === "pod") && !stale(set) && !stale(pod)) {
		return undefined;
	}
	const others = present.filter((owner) => !refersTo(owner, set) && !refersTo(owner, pod));
	return wanted ? [...others, controllerReference(wanted === "set" ? set : pod)] : others;
}

/** A claim on its way out with an earlier pod of the same name: the new pod must not take it. */
export function isStaleClaim(set: StatefulSet, claim: Claim, pod: string): boolean {
	return (
		retentionOf(set).whenScaled === "Delete" &&
		(claim.metadata.ownerReferences ?? []).some((owner) => owner.kind === "Pod" && owner.name === pod)
	);
}
