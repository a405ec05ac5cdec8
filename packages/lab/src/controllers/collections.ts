import type { Api, GroupVersionResource } from "../api/api.ts";
import { KINDS } from "../api/kinds/index.ts";
import type { AnyStored } from "./stored.ts";

/** A collection, as those controllers need it that care for objects of every kind. */
export interface Collection {
	resource: GroupVersionResource;
	kind: string;
	namespaced: boolean;
}

/** All that the API server stores, from its own table. */
export const COLLECTIONS: readonly Collection[] = KINDS.filter(({ answer }) => !answer).map(
	({ group, version, plural, kind, namespaced }) => ({
		resource: { group, version, resource: plural },
		kind,
		namespaced,
	}),
);

/** What owns or is owned: events come and go too often to be followed for nothing. */
export const OWNABLE: readonly Collection[] = COLLECTIONS.filter(({ kind }) => kind !== "Event");

/** All that has this uid among its owners. */
export function dependentsOf(
	api: Api,
	collections: readonly Collection[],
	uid: string,
): { collection: Collection; object: AnyStored }[] {
	return collections.flatMap((collection) =>
		api
			.list<AnyStored>(collection.resource)
			.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid))
			.map((object) => ({ collection, object })),
	);
}
