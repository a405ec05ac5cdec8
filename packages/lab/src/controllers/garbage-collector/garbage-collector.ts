import type { Api } from "../../api/api.ts";
import { ApiError } from "../../api/api-error.ts";
import { type Collection, Collections, collectionName, dependentsOf, isOwnable } from "../collections.ts";
import type { Controller } from "../controller.ts";
import type { AnyStored } from "../stored.ts";
import { FOREGROUND, isForeground, isOrphaning, ORPHAN, sortOwners } from "./owners.ts";

/**
 * Deletes what has lost its owners, deletes dependants before an owner that waits for them, and lets go of those whose
 * owner was deleted with orphaning.
 */
export function garbageCollector(api: Api): Controller {
	const collections = new Collections(api);
	const collector = new Collector(api, collections);
	return {
		name: "garbage-collector-controller",
		watches: [],
		watchEach: (collection) =>
			isOwnable(collection)
				? {
						resource: collection.resource,
						keys: (object, type) => collector.keys(collectionName(collection.resource), object, type),
					}
				: undefined,
		stop: () => collections.stop(),
		reconcile(key) {
			collector.tend(key);
			return undefined;
		},
	};
}

class Collector {
	readonly #api: Api;
	readonly #collections: Collections;

	constructor(api: Api, collections: Collections) {
		this.#api = api;
		this.#collections = collections;
	}

	/** A key is the collection's name, the namespace and the object's name. */
	keys(collection: string, object: AnyStored, type: string): string[] {
		const { namespace = "", name, uid, ownerReferences, deletionTimestamp } = object.metadata;
		if (type === "DELETED") return [...this.#dependantKeys(uid), ...this.#ownerKeys(object)];
		if (isForeground(object)) return [`${collection}/${namespace}/${name}`, ...this.#dependantKeys(uid)];
		return ownerReferences?.length || deletionTimestamp ? [`${collection}/${namespace}/${name}`] : [];
	}

	#dependantKeys(uid: string): string[] {
		return this.#dependentsOf(uid).map(({ collection, object }) => {
			const { namespace = "", name } = object.metadata;
			return `${collectionName(collection.resource)}/${namespace}/${name}`;
		});
	}

	/** Owners that may have waited for this one. */
	#ownerKeys(object: AnyStored): string[] {
		return (object.metadata.ownerReferences ?? []).flatMap((owner) => {
			const collection = this.#collectionOf(owner);
			if (!collection) return [];
			return [
				`${collectionName(collection.resource)}/${collection.namespaced ? (object.metadata.namespace ?? "") : ""}/${owner.name}`,
			];
		});
	}

	#dependentsOf(uid: string) {
		return dependentsOf(this.#api, this.#collections.ownable(), uid);
	}

	#collectionOf({ apiVersion, kind }: { apiVersion: string; kind: string }): Collection | undefined {
		const group = (version: string) => (version.includes("/") ? version.split("/")[0] : "");
		return this.#collections
			.ownable()
			.find((collection) => collection.kind === kind && collection.resource.group === group(apiVersion));
	}

	tend(key: string) {
		const [plural = "", namespace, name] = key.split("/");
		const collection = this.#collections.get(plural);
		const object = collection && name && this.#api.get<AnyStored>(collection.resource, namespace || undefined, name);
		if (!collection || !object) return;
		if (isOrphaning(object)) return this.#orphan(collection, object);
		if (isForeground(object)) return this.#foreground(collection, object);
		if (!object.metadata.deletionTimestamp) this.#checkOwners(collection, object);
	}

	#orphan(collection: Collection, owner: AnyStored): void {
		for (const { collection: other, object } of this.#dependentsOf(owner.metadata.uid)) {
			this.#dropOwners(other, object, new Set([owner.metadata.uid]));
		}
		this.#dropFinalizer(collection, owner, ORPHAN);
	}

	#foreground(collection: Collection, owner: AnyStored): void {
		const dependants = this.#dependentsOf(owner.metadata.uid);
		for (const { collection: other, object } of dependants) this.#checkOwners(other, object);
		const left = this.#dependentsOf(owner.metadata.uid).some(({ object }) =>
			object.metadata.ownerReferences?.some(
				({ uid, blockOwnerDeletion }) => uid === owner.metadata.uid && blockOwnerDeletion,
			),
		);
		if (!left) this.#dropFinalizer(collection, owner, FOREGROUND);
	}

	#checkOwners(collection: Collection, object: AnyStored) {
		const { ownerReferences = [], namespace, name, uid, deletionTimestamp, finalizers = [] } = object.metadata;
		if (ownerReferences.length === 0 || deletionTimestamp) return;
		const { solid, dangling, waiting } = sortOwners(ownerReferences, (owner) => {
			const other = this.#collectionOf(owner);
			if (!other) return "unknown";
			return this.#api.get<AnyStored>(other.resource, other.namespaced ? namespace : undefined, owner.name);
		});
		const useless = [...dangling, ...waiting];
		if (useless.length === 0) return;
		if (solid.length > 0) return this.#dropOwners(collection, object, new Set(useless.map((owner) => owner.uid)));
		const inTurn = waiting.length > 0 && this.#dependentsOf(uid).length > 0;
		const own = finalizers.includes(ORPHAN) ? "Orphan" : finalizers.includes(FOREGROUND) ? "Foreground" : undefined;
		try {
			this.#api.delete(collection.resource, namespace, name, {
				propagationPolicy: inTurn ? "Foreground" : (own ?? "Background"),
				preconditions: { uid },
			});
		} catch (error) {
			if (!(error instanceof ApiError) || error.code !== 404) throw error;
		}
	}

	#dropOwners(collection: Collection, object: AnyStored, uids: ReadonlySet<string>): void {
		const { namespace, name } = object.metadata;
		this.#api.modify<AnyStored>(collection.resource, namespace, name, (copy) => {
			const left = (copy.metadata.ownerReferences ?? []).filter((owner) => !uids.has(owner.uid));
			if (left.length > 0) copy.metadata.ownerReferences = left;
			else delete copy.metadata.ownerReferences;
		});
	}

	#dropFinalizer(collection: Collection, object: AnyStored, finalizer: string): void {
		const { namespace, name } = object.metadata;
		this.#api.modify<AnyStored>(collection.resource, namespace, name, (copy) => {
			copy.metadata.finalizers = (copy.metadata.finalizers ?? []).filter((other) => other !== finalizer);
		});
	}
}
