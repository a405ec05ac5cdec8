import { ApiError } from "../api-error.ts";
import { equal } from "../json.ts";
import type { KubernetesObject } from "../object.ts";
import { notFound } from "./errors.ts";
import type { ResourceKind, Surroundings, User } from "./kind.ts";
import type { Registry } from "./registry.ts";
import { shownCollection } from "./shown-collection.ts";
import type { Collection, Store } from "./store.ts";

/** Who writes, for `metadata.managedFields`. */
export interface Writer {
	manager: string;
	/** "Apply" where the managed fields have been worked out already. @default "Update" */
	operation?: "Update" | "Apply";
}

export interface WriteOptions {
	writer: Writer;
	/** who asks; absent for the server's own parts, which may do everything */
	user?: User;
	/** goes through everything but storing. @default false */
	dryRun?: boolean;
}

/** The store, and what creates, updates and deletes must know of the rest. */
export class Resources {
	readonly store: Store;
	readonly registry: Registry;

	constructor(store: Store, registry: Registry) {
		this.store = store;
		this.registry = registry;
	}

	collection(kind: ResourceKind): Collection {
		const stored = this.store.collection(kind.group, kind.plural);
		return kind.custom ? shownCollection(stored, kind.custom.show) : stored;
	}

	/** @throws {ApiError} 404 */
	get(kind: ResourceKind, namespace: string | undefined, name: string): KubernetesObject {
		const object = this.collection(kind).get(kind.namespaced ? namespace : undefined, name);
		if (!object) throw notFound(kind, name);
		return object;
	}

	surroundings(): Surroundings {
		return {
			time: timestamp(),
			find: (group, plural, namespace, name) => this.store.collection(group, plural).get(namespace, name),
			all: (group, plural, namespace) => this.store.collection(group, plural).list(namespace),
		};
	}
}

/** RFC 3339 in whole seconds, as Kubernetes keeps times. */
export const timestamp = (milliseconds = Date.now()): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** Everything of `object` but metadata and status. */
export function specOf(object: KubernetesObject): Record<string, unknown> {
	const { metadata: _metadata, status: _status, ...rest } = object;
	return rest;
}

/** Whether storing `after` over `before` would change anything but who did it. */
export function same(before: KubernetesObject, after: KubernetesObject): boolean {
	const { managedFields: _a, resourceVersion: _b, ...was } = before.metadata;
	const { managedFields: _c, resourceVersion: _d, ...is } = after.metadata;
	return equal({ ...before, metadata: was }, { ...after, metadata: is });
}

/** @throws {ApiError} 403 where the namespace is being deleted, 404 where it is not there */
export function requireNamespace(
	resources: Resources,
	kind: ResourceKind,
	namespace: string | undefined,
	name: string,
): void {
	if (!kind.namespaced || namespace === undefined) return;
	const found = resources.store.collection("", "namespaces").get(undefined, namespace);
	if (!found) {
		throw new ApiError(404, "NotFound", `namespaces ${JSON.stringify(namespace)} not found`, {
			name: namespace,
			kind: "namespaces",
		});
	}
	if (found.metadata.deletionTimestamp) {
		const resource = kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
		const message = `${resource} ${JSON.stringify(name)} is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`;
		throw new ApiError(403, "Forbidden", message, {
			name,
			...(kind.group ? { group: kind.group } : {}),
			kind: kind.plural,
			causes: [
				{
					reason: "NamespaceTerminating",
					message: `namespace ${namespace} is being terminated`,
					field: "metadata.namespace",
				},
			],
		});
	}
}
