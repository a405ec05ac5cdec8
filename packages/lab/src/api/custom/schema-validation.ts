import { isObject } from "../json.ts";
import { Violations } from "../machinery/violations.ts";
import { isEmbedded, isIntOrString, itemsOf, keepsUnknown, type Schema } from "./schema.ts";
import { compilePattern, place, validateValue } from "./validate.ts";

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];
const LIST_TYPES = ["atomic", "map", "set"];
/** What belongs outside of allOf, anyOf, oneOf and not. */
const STRUCTURAL = ["type", "title", "description", "default", "nullable", "additionalProperties"] as const;

/** What makes a schema structural, and its defaults values that it allows. */
export function validateSchema(schema: Schema, field: string, errors: Violations, root: { status: boolean }): void {
	if (schema.type === undefined) errors.required(`${field}.type`, "must not be empty at the root");
	else if (schema.type !== "object") errors.invalid(`${field}.type`, schema.type, "must be object at the root");
	if (schema.nullable) errors.forbidden(`${field}.nullable`, "nullable cannot be true at the root");
	if (root.status && (schema.allOf ?? schema.anyOf ?? schema.oneOf ?? schema.not) !== undefined)
		errors.invalid(
			field,
			schema,
			"only fields that say what the object looks like are allowed at the root of the schema if the status subresource is enabled",
		);
	const metadata = schema.properties?.metadata;
	const stray = Object.keys(metadata?.properties ?? {}).some((name) => name !== "name" && name !== "generateName");
	if (stray)
		errors.forbidden(
			`${field}.properties[metadata]`,
			"must not specify anything other than name and generateName, but metadata is implicitly specified",
		);
	validatePart(schema, field, errors, true);
}

function validatePart(schema: Schema, field: string, errors: Violations, root = false): void {
	const { type } = schema;
	if (type !== undefined && !TYPES.includes(type)) errors.notSupported(`${field}.type`, type, TYPES);
	if (type === undefined && !root && !isIntOrString(schema) && !keepsUnknown(schema))
		errors.required(`${field}.type`, "must not be empty for specified object fields");
	if (isIntOrString(schema) && type !== undefined)
		errors.forbidden(`${field}.type`, "must be empty if x-kubernetes-int-or-string is true");
	if (isEmbedded(schema) && type !== "object")
		errors.invalid(`${field}.type`, type ?? "", "must be object if x-kubernetes-embedded-resource is true");
	if (schema.uniqueItems)
		errors.forbidden(
			`${field}.uniqueItems`,
			"uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
		);
	if (schema.pattern !== undefined && compilePattern(schema.pattern) === undefined)
		errors.invalid(`${field}.pattern`, schema.pattern, "must be a valid regular expression, but isn't");
	if (isObject(schema.additionalProperties) && schema.properties)
		errors.forbidden(`${field}.additionalProperties`, "additionalProperties and properties are mutual exclusive");
	if (schema.additionalProperties === false)
		errors.forbidden(`${field}.additionalProperties`, "additionalProperties cannot be set to false");
	if (type === "array") validateList(schema, field, errors);
	if (schema.default !== undefined) validateDefault(schema, field, errors);
	for (const [name, child] of Object.entries(schema.properties ?? {}))
		validatePart(child, `${field}.properties[${name}]`, errors);
	if (isObject(schema.additionalProperties))
		validatePart(schema.additionalProperties, `${field}.additionalProperties`, errors);
	validateCombined(schema, field, errors);
}

function validateDefault(schema: Schema, field: string, errors: Violations): void {
	const found = new Violations();
	validateValue(schema.default, schema, place(`${field}.default`, ""), found);
	errors.take(found);
}

function validateList(schema: Schema, field: string, errors: Violations): void {
	const items = itemsOf(schema);
	if (Array.isArray(schema.items)) errors.forbidden(`${field}.items`, "items must be a schema object and not an array");
	else if (!items) errors.required(`${field}.items`, "must be specified");
	else validatePart(items, `${field}.items`, errors);
	const listType = schema["x-kubernetes-list-type"];
	const keys = schema["x-kubernetes-list-map-keys"] ?? [];
	if (listType !== undefined && !LIST_TYPES.includes(listType))
		errors.notSupported(`${field}.x-kubernetes-list-type`, listType, LIST_TYPES);
	if (listType === "map" && keys.length === 0)
		errors.required(`${field}.x-kubernetes-list-map-keys`, "must not be empty if x-kubernetes-list-type is map");
	if (listType !== "map" && keys.length > 0)
		errors.required(`${field}.x-kubernetes-list-type`, "must be map if x-kubernetes-list-map-keys is non-empty");
	if (listType !== "map" || !items) return;
	for (const [index, key] of keys.entries()) {
		const property = items.properties?.[key];
		if (!property)
			errors.invalid(`${field}.x-kubernetes-list-map-keys[${index}]`, key, "must be defined as a property in items");
		else if (property.default === undefined && !items.required?.includes(key))
			errors.required(
				`${field}.items.properties[${key}].default`,
				"this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
			);
	}
}

function validateCombined(schema: Schema, field: string, errors: Violations): void {
	const check = (part: Schema, at: string): void => {
		for (const name of STRUCTURAL) {
			const intOrString = name === "type" && isIntOrString(schema);
			if (part[name] !== undefined && !intOrString) errors.forbidden(`${at}.${name}`, "must be empty to be structural");
		}
	};
	for (const how of ["allOf", "anyOf", "oneOf"] as const)
		for (const [index, part] of (schema[how] ?? []).entries()) check(part, `${field}.${how}[${index}]`);
	if (schema.not) check(schema.not, `${field}.not`);
}
