import type { KubernetesObject } from "../object.ts";
import type { ResourceKind } from "./kind.ts";
import { labelValueErrors, nameErrors, qualifiedNameErrors } from "./names.ts";
import type { Violations } from "./violations.ts";

const MAX_ANNOTATIONS = 256 * 1024;

export function validateMetadata(kind: ResourceKind, object: KubernetesObject, errors: Violations): void {
	const { name, labels, annotations, finalizers, ownerReferences, generateName } = object.metadata;
	if (generateName) {
		for (const error of nameErrors(kind.names ?? "subdomain", `${generateName}x`)) {
			errors.invalid("metadata.generateName", generateName, error);
		}
	}
	if (!name) errors.required("metadata.name", "name or generateName is required");
	else for (const error of nameErrors(kind.names ?? "subdomain", name)) errors.invalid("metadata.name", name, error);
	validateLabels(labels, "metadata.labels", errors);
	let size = 0;
	for (const [key, value] of Object.entries(annotations ?? {})) {
		for (const error of qualifiedNameErrors(key.toLowerCase())) errors.invalid("metadata.annotations", key, error);
		size += Buffer.byteLength(key) + Buffer.byteLength(value);
	}
	if (size > MAX_ANNOTATIONS) errors.tooLong("metadata.annotations", MAX_ANNOTATIONS);
	for (const [index, finalizer] of (finalizers ?? []).entries()) {
		for (const error of qualifiedNameErrors(finalizer)) errors.invalid("metadata.finalizers", finalizer, error);
		const known = ["orphan", "foregroundDeletion", "kubernetes", "customresourcecleanup.apiextensions.k8s.io"];
		if (!finalizer.includes("/") && !known.includes(finalizer)) {
			errors.invalid(
				`metadata.finalizers[${index}]`,
				finalizer,
				"name is neither a standard finalizer name nor is it fully qualified",
			);
		}
	}
	let controller: string | undefined;
	for (const [index, owner] of (ownerReferences ?? []).entries()) {
		const field = "metadata.ownerReferences";
		for (const part of ["apiVersion", "kind", "name", "uid"] as const) {
			if (!owner[part])
				errors.invalid(
					`${field}.${part}`,
					"",
					part === "apiVersion" ? "version must not be empty" : "must not be empty",
				);
		}
		if (owner.controller && controller !== undefined) {
			const both = `Found "true" in references for ${controller} and ${owner.kind}/${owner.name}`;
			errors.invalid(field, ownerReferences, `Only one reference can have Controller set to true. ${both}`);
		}
		if (owner.controller) controller = `${owner.kind}/${owner.name}`;
		if (index > 1000) break;
	}
}

export function validateLabels(labels: Record<string, string> | undefined, field: string, errors: Violations): void {
	for (const [key, value] of Object.entries(labels ?? {})) {
		for (const error of qualifiedNameErrors(key)) errors.invalid(field, key, error);
		for (const error of labelValueErrors(value)) errors.invalid(field, value, error);
	}
}

export function validateMetadataUpdate(object: KubernetesObject, old: KubernetesObject, errors: Violations): void {
	if (old.metadata.deletionTimestamp) {
		const before = new Set(old.metadata.finalizers);
		const added = (object.metadata.finalizers ?? []).filter((finalizer) => !before.has(finalizer));
		if (added.length > 0) {
			const list = added.map((finalizer) => JSON.stringify(finalizer)).join(", ");
			errors.forbidden(
				"metadata.finalizers",
				`no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
			);
		}
	}
}
