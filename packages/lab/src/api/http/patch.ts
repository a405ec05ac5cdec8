import { ApiError } from "../api-error.ts";
import { copy } from "../json.ts";
import { create } from "../machinery/create.ts";
import { notFound } from "../machinery/errors.ts";
import { servedKind, toServed } from "../machinery/registry.ts";
import { timestamp } from "../machinery/resources.ts";
import { update } from "../machinery/update.ts";
import { Violations } from "../machinery/violations.ts";
import type { KubernetesObject } from "../object.ts";
import { applyServerSide } from "../patch/apply.ts";
import { APPLY_PATCH, applyPatch } from "../patch/patch.ts";
import { managerOf, type ResourceRequest, writeOptions } from "./context.ts";
import { mediaType } from "./media-types.ts";
import { fieldValidation } from "./options.ts";
import { isTrue } from "./request-info.ts";
import { acceptApplied, acceptPatched, place, sendObject } from "./write.ts";

/** The four kinds of patch, on an object or on its status. */
export function patchObject(call: ResourceRequest, body: unknown, subresource?: string): void {
	if (mediaType(call.request.headers["content-type"]) === APPLY_PATCH) apply(call, body, subresource);
	else patch(call, body, subresource);
}

function patch(call: ResourceRequest, body: unknown, subresource?: string): void {
	const { served, resources, info, target, request } = call;
	const { kind } = served;
	const validation = fieldValidation(info.query, "PatchOptions");
	if (info.query.has("force")) refuseForce();
	const old = resources.get(kind, target.namespace, target.name ?? "");
	const seen = toServed(served, old);
	const type = { group: served.group, version: served.version, kind: servedKind(served) };
	const patched = applyPatch(type, seen, request.headers["content-type"] ?? "", body);
	const { object, warnings } = acceptPatched(call, patched, body, validation);
	place(call, object);
	// A patch that does not speak of the version is meant for whatever is there.
	if (object.metadata.resourceVersion === old.metadata.resourceVersion) object.metadata = without(object.metadata);
	if (kind.needsResourceVersion)
		Object.assign(object.metadata, {
			resourceVersion: object.metadata.resourceVersion ?? old.metadata.resourceVersion,
		});
	const options = { ...writeOptions(call), ...(subresource ? { subresource } : {}) };
	sendObject(call, 200, update(resources, kind, old, object, options), warnings);
}

function without({
	resourceVersion: _version,
	...metadata
}: KubernetesObject["metadata"]): KubernetesObject["metadata"] {
	return metadata;
}

function refuseForce(): never {
	const errors = new Violations();
	errors.forbidden("force", "may not be specified for non-apply patch");
	errors.throwIfAny({ group: "meta.k8s.io", kind: "PatchOptions" }, "");
	throw new Error("unreachable");
}

function apply(call: ResourceRequest, body: unknown, subresource?: string): void {
	const { served, resources, info, target, request } = call;
	const { kind } = served;
	fieldValidation(info.query, "PatchOptions");
	if (!info.query.get("fieldManager")) {
		const errors = new Violations();
		errors.required("fieldManager", "is required for apply patch");
		errors.throwIfAny({ group: "meta.k8s.io", kind: "PatchOptions" }, "");
	}
	if (served.view)
		throw new ApiError(415, "UnsupportedMediaType", "apply works on the stored version of this kind only");
	const applied = acceptApplied(call, body);
	if (subresource === "status") keepOnly(applied, "status");
	else if (kind.status) delete applied.status;
	const current = resources.collection(kind).get(target.namespace, target.name ?? "");
	const { uid, resourceVersion } = applied.metadata;
	if (current && uid && uid !== current.metadata.uid) throw notFound(kind, target.name ?? "");
	const object = applyServerSide(current, applied, {
		fieldManager: managerOf(request, info.query),
		force: isTrue(info.query.get("force")),
		gvk: kind,
		time: timestamp(),
		...(kind.custom ? { shape: kind.custom.shape } : {}),
		...(subresource ? { subresource } : {}),
	});
	const options = { ...writeOptions(call), ...(subresource ? { subresource } : {}) };
	options.writer = { ...options.writer, operation: "Apply" };
	if (!current) {
		if (subresource || resourceVersion || uid) throw notFound(kind, target.name ?? "");
		sendObject(call, 201, create(resources, kind, copy(object), options));
		return;
	}
	sendObject(call, 200, update(resources, kind, current, copy(object), options));
}

function keepOnly(object: KubernetesObject, field: string): void {
	for (const name of Object.keys(object)) {
		if (!["apiVersion", "kind", "metadata", field].includes(name)) delete object[name];
	}
}
