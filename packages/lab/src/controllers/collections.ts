import type { Api, GroupVersionResource, StoredResource } from "../api/api.ts";
import type { AnyStored } from "./stored.ts";

/** A collection, as those controllers need it that care for objects of every kind. */
export type Collection = StoredResource;

/** `statefulsets.apps`, `pods.`: one name for all versions. */
export const collectionName = ({ resource, group }: Pick<GroupVersionResource, "resource" | "group">): string =>
	`${resource}.${group}`;

/** All that the API server stores, now: custom resources come and go. */
export class Collections {
	readonly #all = new Map<string, Collection>();
	readonly stop: () => void;

	constructor(api: Api) {
		this.stop = api.watchResources(({ type, stored }) => {
			const name = collectionName(stored.resource);
			if (type === "ADDED") this.#all.set(name, stored);
			else this.#all.delete(name);
		});
	}

	all(): Collection[] {
		return [...this.#all.values()];
	}

	get(name: string): Collection | undefined {
		return this.#all.get(name);
	}

	/** What owns or is owned: events come and go too often to be followed for nothing. */
	ownable(): Collection[] {
		return this.all().filter(isOwnable);
	}
}

export const isOwnable = ({ kind }: Collection): boolean => kind !== "Event";

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
