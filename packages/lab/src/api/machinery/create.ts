import { randomUUID } from "node:crypto";
import { ApiError } from "../api-error.ts";
import { copy, type Open } from "../json.ts";
import type { KubernetesObject, ObjectMeta } from "../object.ts";
import { alreadyExists } from "./errors.ts";
import { apiVersionOf, type ResourceKind } from "./kind.ts";
import { track } from "./managed-fields.ts";
import { validateMetadata } from "./metadata.ts";
import { generateName } from "./names.ts";
import { type Resources, requireNamespace, type WriteOptions } from "./resources.ts";
import { Violations } from "./violations.ts";

/** Takes `object` over, completes it, and stores it. */
export function create(
	resources: Resources,
	kind: ResourceKind,
	object: KubernetesObject,
	options: WriteOptions,
): KubernetesObject {
	const around = resources.surroundings();
	const collection = resources.collection(kind);
	const metadata: Open<ObjectMeta> = object.metadata;
	if (metadata.resourceVersion)
		throw new ApiError(500, "", "resourceVersion should not be set on objects to be created");
	if (!metadata.name && metadata.generateName) metadata.name = unusedName(resources, kind, object);
	object.apiVersion = apiVersionOf(kind.group, kind.version);
	object.kind = kind.kind;
	if (!kind.namespaced) delete metadata.namespace;
	for (const field of ["selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion"] as const)
		delete metadata[field];
	requireNamespace(resources, kind, metadata.namespace, metadata.name ?? "");
	metadata.uid = randomUUID();
	metadata.creationTimestamp = around.time;
	if (kind.generation) metadata.generation = 1;
	else delete metadata.generation;
	if (kind.status) delete object.status;
	kind.setDefaults?.(object);
	// What admission and the server itself add is nobody's.
	const { managedFields } = track(kind, undefined, copy(object), options.writer, around.time).metadata;
	kind.admit?.(object, around);
	kind.prepareCreate?.(object, around);

	if (options.user) kind.permit?.(object, options.user, around);
	const errors = new Violations();
	validateMetadata(kind, object, errors);
	kind.validate?.(object, errors, around);
	errors.throwIfAny(kind, metadata.name ?? "");
	if (collection.get(metadata.namespace, metadata.name)) throw alreadyExists(kind, metadata.name);
	if (managedFields) metadata.managedFields = managedFields;
	else delete metadata.managedFields;
	if (options.dryRun) return object;
	const stored = collection.put(object);
	kind.stored?.(stored, undefined);
	return stored;
}

function unusedName(resources: Resources, kind: ResourceKind, object: KubernetesObject): string {
	const base = object.metadata.generateName ?? "";
	for (let attempt = 0; ; attempt++) {
		const name = generateName(base);
		if (attempt === 8 || !resources.collection(kind).get(object.metadata.namespace, name)) return name;
	}
}
