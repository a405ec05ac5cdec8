import { isObject } from "../json.ts";

/** A structural schema, as far as custom resources are read, checked and documented by it: `V1JSONSchemaProps`. */
export interface Schema {
	type?: string;
	format?: string;
	title?: string;
	description?: string;
	default?: unknown;
	nullable?: boolean;
	enum?: unknown[];
	pattern?: string;
	minLength?: number;
	maxLength?: number;
	minimum?: number;
	maximum?: number;
	exclusiveMinimum?: boolean;
	exclusiveMaximum?: boolean;
	multipleOf?: number;
	minItems?: number;
	maxItems?: number;
	uniqueItems?: boolean;
	minProperties?: number;
	maxProperties?: number;
	required?: string[];
	properties?: Record<string, Schema>;
	additionalProperties?: Schema | boolean;
	items?: Schema | Schema[];
	allOf?: Schema[];
	anyOf?: Schema[];
	oneOf?: Schema[];
	not?: Schema;
	"x-kubernetes-preserve-unknown-fields"?: boolean;
	"x-kubernetes-embedded-resource"?: boolean;
	"x-kubernetes-int-or-string"?: boolean;
	"x-kubernetes-list-type"?: string;
	"x-kubernetes-list-map-keys"?: string[];
	"x-kubernetes-map-type"?: string;
	"x-kubernetes-validations"?: { rule: string }[];
}

export const isIntOrString = (schema: Schema) => schema["x-kubernetes-int-or-string"] === true;
export const keepsUnknown = (schema: Schema) => schema["x-kubernetes-preserve-unknown-fields"] === true;
export const isEmbedded = (schema: Schema) => schema["x-kubernetes-embedded-resource"] === true;

/** The schema of a field; undefined where the type has no such field. `true` allows anything. */
export function propertyOf(schema: Schema, name: string): Schema | undefined {
	const { properties, additionalProperties } = schema;
	if (properties && Object.hasOwn(properties, name)) return properties[name];
	if (isObject(additionalProperties)) return additionalProperties;
	return additionalProperties === true ? ANYTHING : undefined;
}

export const itemsOf = (schema: Schema): Schema | undefined => (isObject(schema.items) ? schema.items : undefined);

const ANYTHING: Schema = { "x-kubernetes-preserve-unknown-fields": true };

/** Calls `visit` with a schema and all below it that say what values look like. */
export function walk(schema: Schema, visit: (schema: Schema) => void): void {
	visit(schema);
	for (const child of Object.values(schema.properties ?? {})) walk(child, visit);
	const items = itemsOf(schema);
	if (items) walk(items, visit);
	if (isObject(schema.additionalProperties)) walk(schema.additionalProperties, visit);
}
