import { isObject } from "../json.ts";
import { undecodable } from "../machinery/errors.ts";
import { DecodeError, decode } from "../schema/decode.ts";
import type { Schema } from "./schema.ts";

const PARTS = ["items", "additionalProperties"] as const;

/**
 * Reads, in place, the schemas that stand where the type of a definition has anything: those of items and of additional
 * properties. @throws {ApiError} 400
 */
export function readNestedSchemas(schema: Schema): void {
	for (const part of PARTS) {
		const nested = schema[part];
		if (isObject(nested)) schema[part] = read(nested);
	}
	const { properties = {}, allOf = [], anyOf = [], oneOf = [], not } = schema;
	for (const child of [...Object.values(properties), ...allOf, ...anyOf, ...oneOf, ...(not ? [not] : [])])
		readNestedSchemas(child);
	for (const part of PARTS) {
		const nested = schema[part];
		if (isObject(nested)) readNestedSchemas(nested);
	}
}

function read(nested: object): Schema {
	try {
		return decode("V1JSONSchemaProps", nested).object;
	} catch (error) {
		if (!(error instanceof DecodeError)) throw error;
		throw undecodable({ version: "v1", kind: "CustomResourceDefinition" }, error.message);
	}
}
