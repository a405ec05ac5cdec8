import { ApiError } from "../api-error.ts";
import { equal, type Open } from "../json.ts";
import type { KubernetesObject, ObjectMeta } from "../object.ts";
import { remove } from "./delete.ts";
import { conflict, staleVersion } from "./errors.ts";
import { apiVersionOf, type ResourceKind } from "./kind.ts";
import { track } from "./managed-fields.ts";
import { validateMetadata, validateMetadataUpdate } from "./metadata.ts";
import { notANumber } from "./resource-version.ts";
import { type Resources, same, specOf, type WriteOptions } from "./resources.ts";
import { Violations } from "./violations.ts";

export interface UpdateOptions extends WriteOptions {
	/** "status" replaces the status alone; "finalize" may change what holds a namespace; "binding" gives a pod its node */
	subresource?: string;
}

/**
 * Replaces what is stored by `object`, which it takes over. What a client may not change is put back first; when nothing is left to
 * change, nothing is written. The last finalizer of an object that is being deleted takes the object with it.
 */
export function update(
	resources: Resources,
	kind: ResourceKind,
	old: KubernetesObject,
	object: KubernetesObject,
	options: UpdateOptions,
): KubernetesObject {
	const around = resources.surroundings();
	const { name, namespace } = old.metadata;
	checkPreconditions(kind, old, object);
	const next = options.subresource === "status" ? withStatus(kind, old, object) : withIdentity(kind, old, object);
	if (options.subresource !== "status") {
		if (kind.status) keepStatus(old, next);
		if (options.subresource !== "finalize") kind.prepareUpdate?.(next, old, around);
	}
	if (options.subresource === "status") kind.prepareStatus?.(next, old, around);
	kind.setDefaults?.(next);
	if (kind.generation && options.subresource !== "status" && options.subresource !== "binding") {
		const generation = old.metadata.generation ?? 1;
		const annotated =
			kind.generation === "spec and annotations" && !equal(old.metadata.annotations, next.metadata.annotations);
		const unchanged = equal(specOf(old), specOf(next)) && !annotated;
		(next.metadata as Open<ObjectMeta>).generation = unchanged ? generation : generation + 1;
	}
	if (options.user && !equal(specOf(old), specOf(next))) kind.permit?.(next, options.user, around);
	const errors = new Violations();
	validateMetadata(kind, next, errors);
	validateMetadataUpdate(next, old, errors);
	if (options.subresource !== "status") {
		kind.validate?.(next, errors, around, old);
		kind.validateUpdate?.(next, old, errors);
	} else kind.validateStatus?.(next, errors, old);
	errors.throwIfAny(kind, name);

	// A pod's node is nobody's: a binding is no write of the pod.
	const tracked =
		options.subresource === "binding" ? next : track(kind, old, next, options.writer, around.time, options.subresource);
	const finished = isFinished(kind, tracked);
	if (options.dryRun) return asOf(old, tracked);
	if (same(old, tracked) && equal(old.metadata.managedFields, tracked.metadata.managedFields)) return old;
	if (finished) {
		const last = resources.collection(kind).get(namespace, name) ?? old;
		return remove(resources, kind, { ...last, ...tracked });
	}
	const stored = resources.collection(kind).put(tracked);
	kind.stored?.(stored, old);
	return stored;
}

/** Where etcd would have it. */
function storageKey(kind: ResourceKind, namespace: string | undefined, name: string): string {
	const folder = kind.custom ? `${kind.group}/${kind.plural}` : kind.plural;
	return ["/registry", folder, ...(namespace ? [namespace] : []), name].join("/");
}

function checkPreconditions(kind: ResourceKind, old: KubernetesObject, object: KubernetesObject): void {
	const { resourceVersion, uid } = object.metadata;
	const { name } = old.metadata;
	if (uid && uid !== old.metadata.uid) {
		const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
		const key = storageKey(kind, old.metadata.namespace, name);
		const storage = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`;
		throw conflict(kind, name, storage);
	}
	if (resourceVersion && !/^\d+$/.test(resourceVersion)) throw new ApiError(500, "", notANumber(resourceVersion));
	if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw staleVersion(kind, name);
	if (!resourceVersion && kind.needsResourceVersion) {
		const errors = new Violations();
		errors.invalid("metadata.resourceVersion", 0, "must be specified for an update");
		errors.throwIfAny({ group: kind.group, kind: kind.plural }, name);
	}
}

/** What was only tried keeps the version of what is stored. */
function asOf(old: KubernetesObject, object: KubernetesObject): KubernetesObject {
	const { resourceVersion } = old.metadata;
	return { ...object, metadata: { ...object.metadata, ...(resourceVersion ? { resourceVersion } : {}) } };
}

/** The parts of the metadata that only the server writes, as they were. */
function withIdentity(kind: ResourceKind, old: KubernetesObject, object: KubernetesObject): KubernetesObject {
	const metadata = { ...object.metadata };
	for (const field of [
		"deletionTimestamp",
		"deletionGracePeriodSeconds",
		"generation",
		"selfLink",
		"generateName",
	] as const) {
		delete metadata[field];
	}
	const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, generateName } =
		old.metadata;
	const kept = { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, generateName };
	for (const [field, value] of Object.entries(kept))
		if (value !== undefined) Object.assign(metadata, { [field]: value });
	metadata.name = old.metadata.name;
	if (old.metadata.namespace !== undefined) metadata.namespace = old.metadata.namespace;
	else delete metadata.namespace;
	const next: KubernetesObject = { ...object, metadata };
	next.apiVersion = apiVersionOf(kind.group, kind.version);
	next.kind = kind.kind;
	return next;
}

function withStatus(kind: ResourceKind, old: KubernetesObject, object: KubernetesObject): KubernetesObject {
	const next: KubernetesObject = { ...structuredClone(old), status: object.status };
	if (kind.annotatedWithStatus) {
		const { annotations: _annotations, ...metadata } = next.metadata;
		const { annotations } = object.metadata;
		next.metadata = { ...metadata, ...(annotations ? { annotations } : {}) };
	}
	if (object.metadata.managedFields) next.metadata.managedFields = object.metadata.managedFields;
	if (next.status === undefined) delete next.status;
	return next;
}

function keepStatus(old: KubernetesObject, next: KubernetesObject): void {
	if (old.status === undefined) delete next.status;
	else next.status = structuredClone(old.status);
}

/** Being deleted, with nothing that holds it any more. */
function isFinished(kind: ResourceKind, object: KubernetesObject): boolean {
	const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
	return Boolean(deletionTimestamp) && !deletionGracePeriodSeconds && !finalizers?.length && !kind.held?.(object);
}
