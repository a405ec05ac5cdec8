import { parseQuantity } from "../../api/quantity.ts";
import { matchesNodeSelector } from "../node-selector.ts";
import { matchesSelector } from "../selector.ts";
import type { Claim, Node, Volume } from "../stored.ts";

/** The class that is asked for; "" is none. The annotation is older than the field and wins. */
export function classOf(object: Claim | Volume): string {
	return (
		object.metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? object.spec?.storageClassName ?? ""
	);
}

const bytes = (quantity: string | undefined): bigint => parseQuantity(quantity ?? "0")?.nano ?? 0n;
const requested = (claim: Claim): bigint => bytes(claim.spec?.resources?.requests?.storage);
const capacity = (volume: Volume): bigint => bytes(volume.spec?.capacity?.storage);

/** Whether the volume is meant for that very claim: by name, and by uid where it has one. */
export function isFor(volume: Volume, claim: Claim): boolean {
	const reference = volume.spec?.claimRef;
	return (
		reference?.name === claim.metadata.name &&
		reference.namespace === claim.metadata.namespace &&
		(!reference.uid || reference.uid === claim.metadata.uid)
	);
}

export function suitsNode(volume: Volume, node: Node): boolean {
	const required = volume.spec?.nodeAffinity?.required;
	return !required || matchesNodeSelector(required, node);
}

const modes = (object: Claim | Volume): readonly string[] => object.spec?.accessModes ?? [];
const allows = (volume: Volume, claim: Claim): boolean => modes(claim).every((mode) => modes(volume).includes(mode));
const volumeMode = (object: Claim | Volume): string => object.spec?.volumeMode ?? "Filesystem";

/** Why a volume that the claim asks for by name cannot be had; undefined: it can. */
export function mismatch(volume: Volume, claim: Claim): string | undefined {
	if (capacity(volume) < requested(claim)) return "requested PV is too small";
	if (classOf(volume) !== classOf(claim)) return "storageClassName does not match";
	if (volumeMode(volume) !== volumeMode(claim)) return "incompatible volumeMode";
	if (!allows(volume, claim)) return "incompatible accessMode";
	return undefined;
}

export interface MatchOptions {
	/** with a node, only volumes that can be used there */
	node?: Node;
	/** volumes given to other claims of the same pod */
	taken?: ReadonlySet<string>;
	/** the scheduler chooses: only a volume meant for this very claim is bound. @default false */
	delayed?: boolean;
}

/**
 * The volume for a claim: one that is meant for it, else the smallest that is large enough, of its class, mode and
 * labels. Volumes that allow no more access modes than needed are looked through first.
 */
export function findVolume(claim: Claim, volumes: readonly Volume[], options: MatchOptions = {}): Volume | undefined {
	const possible = volumes.filter(
		(volume) =>
			allows(volume, claim) &&
			capacity(volume) >= requested(claim) &&
			volumeMode(volume) === volumeMode(claim) &&
			!volume.metadata.deletionTimestamp &&
			!options.taken?.has(volume.metadata.name) &&
			(!volume.spec?.claimRef || isFor(volume, claim)),
	);
	const breadths = [...new Set(possible.map((volume) => modes(volume).length))].sort((a, b) => a - b);
	for (const breadth of breadths) {
		const group = possible.filter((volume) => modes(volume).length === breadth);
		const found = findIn(group, claim, options);
		if (found) return found;
	}
	return undefined;
}

function findIn(volumes: readonly Volume[], claim: Claim, { node, delayed }: MatchOptions): Volume | undefined {
	const usable = (volume: Volume) => !node || suitsNode(volume, node);
	const reserved = volumes.find((volume) => isFor(volume, claim));
	if (reserved) return usable(reserved) ? reserved : undefined;
	if (delayed && !node) return undefined;
	const fitting = volumes.filter(
		(volume) =>
			volume.status?.phase === "Available" &&
			classOf(volume) === classOf(claim) &&
			(!claim.spec?.selector || matchesSelector(claim.spec.selector, volume.metadata.labels)) &&
			usable(volume),
	);
	return fitting.reduce<Volume | undefined>(
		(best, volume) => (best && capacity(best) <= capacity(volume) ? best : volume),
		undefined,
	);
}
