import type { OwnerReference } from "kubernetes-types/meta/v1";
import type { AnyStored } from "../stored.ts";

export const FOREGROUND = "foregroundDeletion";
export const ORPHAN = "orphan";

export interface SortedOwners {
	/** are there, and stay */
	solid: OwnerReference[];
	/** are gone, or another of the same name is there */
	dangling: OwnerReference[];
	/** are being deleted, and wait for this object to go first */
	waiting: OwnerReference[];
}

/** @param find the object that a reference names, whichever its uid; "unknown" where its kind is not served */
export function sortOwners(
	owners: readonly OwnerReference[],
	find: (owner: OwnerReference) => AnyStored | "unknown" | undefined,
): SortedOwners {
	const sorted: SortedOwners = { solid: [], dangling: [], waiting: [] };
	for (const owner of owners) {
		const found = find(owner);
		if (found === "unknown") sorted.solid.push(owner);
		else if (found?.metadata.uid !== owner.uid) sorted.dangling.push(owner);
		else if (isForeground(found) && owner.blockOwnerDeletion) sorted.waiting.push(owner);
		else sorted.solid.push(owner);
	}
	return sorted;
}

const isDeleting = (object: AnyStored): boolean => object.metadata.deletionTimestamp !== undefined;
const has = (object: AnyStored, finalizer: string): boolean => object.metadata.finalizers?.includes(finalizer) ?? false;

/** Being deleted, after all that depends on it. */
export const isForeground = (object: AnyStored): boolean => isDeleting(object) && has(object, FOREGROUND);
/** Being deleted, and its dependants are to live on. */
export const isOrphaning = (object: AnyStored): boolean => isDeleting(object) && has(object, ORPHAN);
