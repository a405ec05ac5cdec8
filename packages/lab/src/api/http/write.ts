import { ApiError } from "../api-error.ts";
import { isObject, type JsonObject, stringAt } from "../json.ts";
import { accept, type FieldValidation } from "../machinery/body.ts";
import { create } from "../machinery/create.ts";
import { deleteObject } from "../machinery/delete.ts";
import { badRequest } from "../machinery/errors.ts";
import { apiVersionOf } from "../machinery/kind.ts";
import { servedKind } from "../machinery/registry.ts";
import { matcher } from "../machinery/selectors.ts";
import { update } from "../machinery/update.ts";
import type { KubernetesObject } from "../object.ts";
import { goPrint } from "../patch/go-print.ts";
import { STRATEGIC_MERGE_PATCH } from "../patch/patch.ts";
import { type ResourceRequest, writeOptions } from "./context.ts";
import { selectors } from "./list.ts";
import { mediaType } from "./media-types.ts";
import { deleteOptions, fieldValidation } from "./options.ts";
import { type ListMeta, listText, objectText, partialObject, table } from "./representations.ts";
import { addWarnings, sendAs, sendJson } from "./respond.ts";

/** Answers with one object, in the representation that was asked for. */
export function sendObject(
	call: ResourceRequest,
	code: number,
	object: KubernetesObject,
	warnings: string[] = [],
): void {
	const { served, response, as } = call;
	addWarnings(response, [...(served.kind.deprecation ? [served.kind.deprecation] : []), ...warnings]);
	if (as.as === "Table") {
		const metadata: ListMeta = { resourceVersion: object.metadata.resourceVersion ?? "" };
		sendJson(response, code, table(served, [object], metadata, "Metadata"));
	} else if (as.as === "PartialObjectMetadata") sendJson(response, code, partialObject(object));
	else if (as.as === "object") sendAs(response, code, `${objectText(served, object)}\n`, as);
	else throw new ApiError(406, "NotAcceptable", `an object cannot be shown as ${as.as}`);
}

/** Gives the body the namespace and, where the URL has one, the name of the URL. @throws {ApiError} 400 */
export function place(call: ResourceRequest, object: KubernetesObject): KubernetesObject {
	const { target, served } = call;
	const metadata = object.metadata;
	if (served.kind.namespaced) {
		if (metadata.namespace && metadata.namespace !== target.namespace) {
			throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
		}
		if (target.namespace !== undefined) metadata.namespace = target.namespace;
	} else if (metadata.namespace) {
		throw badRequest("namespace may not be specified: the kind is not namespaced");
	}
	if (target.name === undefined) return object;
	if (!metadata.name) {
		throw badRequest(`the name of the object (${target.name} based on URL) was undeterminable: name must be provided`);
	}
	if (metadata.name !== target.name) {
		throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${target.name})`);
	}
	return object;
}

export function createObject(call: ResourceRequest, body: unknown): void {
	const { served, resources, info } = call;
	const { kind } = served;
	const validation = fieldValidation(info.query);
	const { object, warnings } = accept(served, body, validation);
	if (kind.answer) {
		if (kind.namespaced) place(call, object);
		sendObject(call, 201, kind.answer(object, call.user, resources.surroundings()), warnings);
		return;
	}
	sendObject(call, 201, create(resources, kind, place(call, object), writeOptions(call)), warnings);
}

export function updateObject(call: ResourceRequest, body: unknown, subresource?: string): void {
	const { served, resources, info, target } = call;
	const { kind } = served;
	const { object, warnings } = accept(served, body, fieldValidation(info.query, "UpdateOptions"));
	place(call, object);
	const exists = resources.collection(kind).get(target.namespace, object.metadata.name);
	if (!exists && kind.createOnUpdate && subresource === undefined) {
		sendObject(call, 201, create(resources, kind, object, writeOptions(call)), warnings);
		return;
	}
	const old = resources.get(kind, target.namespace, object.metadata.name);
	const options = { ...writeOptions(call), ...(subresource ? { subresource } : {}) };
	sendObject(call, 200, update(resources, kind, old, object, options), warnings);
}

export function deleteOne(call: ResourceRequest, body: unknown): void {
	const { served, resources, info, target } = call;
	const { kind } = served;
	const options = deleteOptions(body, info.query);
	const old = resources.get(kind, target.namespace, target.name ?? "");
	const { object, gone } = deleteObject(resources, kind, old, options);
	if (!gone || kind.returnsDeleted) {
		sendObject(call, 200, object);
		return;
	}
	const { name, uid } = object.metadata;
	sendJson(call.response, 200, {
		kind: "Status",
		apiVersion: "v1",
		metadata: {},
		status: "Success",
		details: { name, ...(kind.group ? { group: kind.group } : {}), kind: kind.plural, ...(uid ? { uid } : {}) },
	});
}

export function deleteCollection(call: ResourceRequest, body: unknown): void {
	const { served, resources, info, target } = call;
	const { kind } = served;
	const options = deleteOptions(body, info.query);
	const matches = matcher(kind, selectors(info.query));
	const all = resources.collection(kind).list(target.namespace);
	const deleted = (matches ? all.filter(matches) : all).map(
		(object) => deleteObject(resources, kind, object, options).object,
	);
	const metadata = { resourceVersion: String(resources.store.clock.version) };
	sendAs(call.response, 200, listText(served, deleted, metadata), call.as);
}

/** What a patch made of an object, checked against its type; errors are those of the patch. */
export function acceptPatched(
	call: ResourceRequest,
	patched: unknown,
	patch: unknown,
	validation: FieldValidation,
): { object: KubernetesObject; warnings: string[] } {
	const { served } = call;
	const metadata = isObject(patched) && isObject(patched.metadata) ? patched.metadata : {};
	const body = isObject(patched) ? { ...patched, metadata } : patched;
	try {
		return accept(served, body, validation);
	} catch (error) {
		if (!(error instanceof ApiError) || error.code !== 400) throw error;
		const strategic = mediaType(call.request.headers["content-type"]) === STRATEGIC_MERGE_PATCH;
		const why = error.message.replace(/^.* cannot be handled as an? [^:]*: /, "");
		const type = strategic ? /^json: cannot unmarshal .* of type (string|bool|int32|int64)$/.exec(why)?.[1] : undefined;
		const shown = JSON.stringify(strategic ? goPrint(patch) : JSON.stringify(patched));
		const message = `patch: Invalid value: ${shown}: ${type ? `unrecognized type: ${type}` : why}`;
		throw new ApiError(422, "Invalid", ` "" is invalid: ${message}`, {
			causes: [{ reason: "FieldValueInvalid", message: message.slice("patch: ".length), field: "patch" }],
		});
	}
}

/** The body of a server-side apply: unknown fields are errors, and the status is not for this door. */
export function acceptApplied(call: ResourceRequest, body: unknown): KubernetesObject {
	const { served, target } = call;
	if (!isObject(body)) throw badRequest("error decoding YAML: the body is not an object");
	const named = servedKind(served);
	checkAppliedType(body, { group: served.group, version: served.version, kind: named });
	try {
		return place(call, {
			...accept(served, named === body.kind ? withName(body, target.name) : body, "Strict").object,
		});
	} catch (error) {
		const unknown = error instanceof ApiError ? [...error.message.matchAll(/unknown field "([^"]+)"/g)] : [];
		if (!(error instanceof ApiError) || unknown.length === 0) throw error;
		const group = served.group === "" ? `/${served.version}` : `${served.group}/${served.version}`;
		const where = `${stringAt(body, "metadata", "namespace")}/${target.name ?? ""}; ${group}, Kind=${named}`;
		const lines = unknown.map((match) => `.${match[1]}: field not declared in schema`);
		const what = lines.length === 1 ? lines[0] : ["errors:", ...lines.map((line) => `  ${line}`)].join("\n");
		throw new ApiError(500, "", `failed to create typed patch object (${where}): ${what}`);
	}
}

/** What is applied must say what it is. @throws {ApiError} 400 */
export function checkAppliedType(body: unknown, type: { group: string; version: string; kind: string }): void {
	const [apiVersion, kind] = isObject(body) ? [stringAt(body, "apiVersion"), stringAt(body, "kind")] : ["", ""];
	if (apiVersion === apiVersionOf(type.group, type.version) && kind === type.kind) return;
	throw badRequest(`invalid object type: ${apiVersion.includes("/") ? apiVersion : `/${apiVersion}`}, Kind=${kind}`);
}

function withName(body: JsonObject, name: string | undefined): JsonObject {
	const metadata = isObject(body.metadata) ? body.metadata : {};
	return { ...body, metadata: { ...metadata, ...(metadata.name === undefined && name !== undefined ? { name } : {}) } };
}
