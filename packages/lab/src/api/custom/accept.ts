import { ApiError } from "../api-error.ts";
import { copy, isObject, type JsonObject } from "../json.ts";
import type { Accepted, FieldValidation } from "../machinery/body.ts";
import { badRequest, undecodable } from "../machinery/errors.ts";
import { apiVersionOf, type ResourceKind } from "../machinery/kind.ts";
import { Violations } from "../machinery/violations.ts";
import type { KubernetesObject } from "../object.ts";
import { DecodeError, decode } from "../schema/decode.ts";
import { pruneObject } from "./prune.ts";
import type { Schema } from "./schema.ts";

/** A body as a custom resource: typed metadata, and no fields that its schema does not have. @throws {ApiError} 400, 422 */
export function acceptCustom(
	kind: ResourceKind,
	schema: Schema,
	body: JsonObject,
	validation: FieldValidation,
): Accepted {
	checkType(kind, body);
	const named = { version: kind.version, kind: kind.kind };
	const object = copy(body);
	const { metadata, unknown: strays } = readMetadata(named, object.metadata ?? {});
	object.metadata = metadata;
	const unknown = [...strays.map((field) => `metadata.${field}`), ...pruneObject(object, schema)];
	const warnings = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
	if (validation === "Strict" && warnings.length > 0)
		throw undecodable(named, `strict decoding error: ${warnings.join(", ")}`);
	return { object: object as unknown as KubernetesObject, warnings: validation === "Warn" ? warnings : [] };
}

function checkType(kind: ResourceKind, body: JsonObject): void {
	for (const field of ["kind", "apiVersion"]) {
		if (typeof body[field] === "string" && body[field] !== "") continue;
		const text = JSON.stringify(body);
		const shown = text.length > 30 ? `${text.slice(0, 30)} ...` : text;
		const missing = `Object '${field === "kind" ? "Kind" : field}' is missing in '${text}' (${shown})`;
		throw badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): ${missing}`);
	}
	if (body.kind !== kind.kind) {
		const errors = new Violations();
		errors.invalid("kind", body.kind, `must be ${kind.kind}`);
		const name = isObject(body.metadata) && typeof body.metadata.name === "string" ? body.metadata.name : "";
		errors.throwIfAny({ group: kind.group, kind: String(body.kind) }, name);
	}
	const expected = apiVersionOf(kind.group, kind.version);
	if (body.apiVersion !== expected) {
		throw badRequest(
			`the API version in the data (${body.apiVersion}) does not match the expected API version (${expected})`,
		);
	}
}

function readMetadata(named: { version: string; kind: string }, metadata: unknown) {
	try {
		const { object, unknown } = decode("V1ObjectMeta", metadata);
		return { metadata: object, unknown };
	} catch (error) {
		if (error instanceof DecodeError) throw undecodable(named, error.message);
		throw error;
	}
}

/** New objects are not taken while their definition is on its way out. */
export const terminating = (kind: ResourceKind, name: string) =>
	new ApiError(
		403,
		"Forbidden",
		`${kind.plural}.${kind.group} ${JSON.stringify(name)} is forbidden: create not allowed while custom resource definition is terminating`,
		{ name, group: kind.group, kind: kind.plural },
	);
