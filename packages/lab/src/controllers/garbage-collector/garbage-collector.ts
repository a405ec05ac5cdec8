import type { Api } from "../../api/api.ts";
import { ApiError } from "../../api/api-error.ts";
import { type Collection, dependentsOf } from "../collections.ts";
import type { Controller } from "../controller.ts";
import type { AnyStored } from "../stored.ts";
import { FOREGROUND, isForeground, isOrphaning, ORPHAN, sortOwners } from "./owners.ts";

/**
 * Deletes what has lost its owners, deletes dependants before an owner that waits for them, and lets go of those whose
 * owner was deleted with orphaning.
 */
export function garbageCollector(api: Api, collections: readonly Collection[]): Controller {
	const collector = new Collector(api, collections);
	return {
		name: "garbage-collector-controller",
		watches: collections.map((collection, index) => ({
			resource: collection.resource,
			keys: (object, type) => collector.keys(index, object, type),
		})),
		reconcile(key) {
			collector.tend(key);
			return undefined;
		},
	};
}

class Collector {
	readonly #api: Api;
	readonly #collections: readonly Collection[];

	constructor(api: Api, collections: readonly Collection[]) {
		this.#api = api;
		this.#collections = collections;
	}

	/** A key is the collection's index, the namespace and the name. */
	keys(index: number, object: AnyStored, type: string): string[] {
		const { namespace = "", name, uid, ownerReferences, deletionTimestamp } = object.metadata;
		if (type === "DELETED") return [...this.#dependantKeys(uid), ...this.#ownerKeys(object)];
		if (isForeground(object)) return [`${index}/${namespace}/${name}`, ...this.#dependantKeys(uid)];
		return ownerReferences?.length || deletionTimestamp ? [`${index}/${namespace}/${name}`] : [];
	}

	#dependantKeys(uid: string): string[] {
		return dependentsOf(this.#api, this.#collections, uid).map(({ collection, object }) => {
			const { namespace = "", name } = object.metadata;
			return `${this.#collections.indexOf(collection)}/${namespace}/${name}`;
		});
	}

	/** Owners that may have waited for this one. */
	#ownerKeys(object: AnyStored): string[] {
		return (object.metadata.ownerReferences ?? []).flatMap((owner) => {
			const index = this.#indexOf(owner);
			const collection = this.#collections[index];
			if (!collection) return [];
			return [`${index}/${collection.namespaced ? (object.metadata.namespace ?? "") : ""}/${owner.name}`];
		});
	}

	#indexOf({ apiVersion, kind }: { apiVersion: string; kind: string }): number {
		const group = (version: string) => (version.includes("/") ? version.split("/")[0] : "");
		return this.#collections.findIndex(
			(collection) => collection.kind === kind && collection.resource.group === group(apiVersion),
		);
	}

	tend(key: string) {
		const [index, namespace, name] = key.split("/");
		const collection = this.#collections[Number(index)];
		const object = collection && name && this.#api.get<AnyStored>(collection.resource, namespace || undefined, name);
		if (!collection || !object) return;
		if (isOrphaning(object)) return this.#orphan(collection, object);
		if (isForeground(object)) return this.#foreground(collection, object);
		if (!object.metadata.deletionTimestamp) this.#checkOwners(collection, object);
	}

	#orphan(collection: Collection, owner: AnyStored): void {
		for (const { collection: other, object } of dependentsOf(this.#api, this.#collections, owner.metadata.uid)) {
			this.#dropOwners(other, object, new Set([owner.metadata.uid]));
		}
		this.#dropFinalizer(collection, owner, ORPHAN);
	}

	#foreground(collection: Collection, owner: AnyStored): void {
		const dependants = dependentsOf(this.#api, this.#collections, owner.metadata.uid);
		for (const { collection: other, object } of dependants) this.#checkOwners(other, object);
		const left = dependentsOf(this.#api, this.#collections, owner.metadata.uid).some(({ object }) =>
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
			const other = this.#collections[this.#indexOf(owner)];
			if (!other) return "unknown";
			return this.#api.get<AnyStored>(other.resource, other.namespaced ? namespace : undefined, owner.name);
		});
		const useless = [...dangling, ...waiting];
		if (useless.length === 0) return;
		if (solid.length > 0) return this.#dropOwners(collection, object, new Set(useless.map((owner) => owner.uid)));
		const inTurn = waiting.length > 0 && dependentsOf(this.#api, this.#collections, uid).length > 0;
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
