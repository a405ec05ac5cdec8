import { equal, isObject, type JsonObject } from "../json.ts";
import type { Violations } from "../machinery/violations.ts";
import { hasFormat } from "./formats.ts";
import { isIntOrString, itemsOf, propertyOf, type Schema } from "./schema.ts";

/**
 * Checks a value against its schema, in the words of the API server. What has not changed since `old` is not looked at: an
 * object that was valid under an earlier schema can still be changed elsewhere.
 */
export function validateValue(value: unknown, schema: Schema, place: Place, errors: Violations, old?: unknown): void {
	if (old !== undefined && equal(value, old)) return;
	if (value === null && schema.nullable) return;
	if (!hasType(value, schema, place, errors)) return;
	validateCombinations(value, schema, place, errors);
	if (typeof value === "string") validateString(value, schema, place, errors);
	if (typeof value === "number") validateNumber(value, schema, place, errors);
	if (schema.enum && !schema.enum.some((choice) => equal(choice, value))) {
		errors.notSupported(place.field, value, schema.enum);
	}
	if (Array.isArray(value)) validateItems(value, schema, place, errors, old);
	else if (isObject(value)) validateFields(value, schema, place, errors, old);
}

/** Where a value is: in the field of a cause, and in its message, which leaves out how one got to the status. */
export interface Place {
	field: string;
	text: string;
}

export const place = (field: string, text = field): Place => ({ field, text });

const inside = ({ field, text }: Place, step: string): Place => {
	const below = (path: string) => (path === "" ? step.replace(/^\./, "") : path + step);
	return place(below(field), below(text));
};

function typeOf(value: unknown): string {
	if (value === null || value === undefined) return "null";
	if (Array.isArray(value)) return "array";
	if (typeof value === "number") return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? "integer" : "number";
	return typeof value;
}

function hasType(value: unknown, schema: Schema, { field, text }: Place, errors: Violations): boolean {
	const actual = typeOf(value);
	const wanted = isIntOrString(schema) ? "integer,string" : (schema.type ?? "");
	const fits = wanted === "" || wanted.split(",").includes(actual) || (wanted === "number" && actual === "integer");
	if (fits) {
		const wrong = typeof value === "string" && schema.format !== undefined && !hasFormat(value, schema.format);
		if (!wrong) return true;
		errors.invalid(field, value, `${text} in body must be of type ${schema.format}: ${JSON.stringify(value)}`);
		return false;
	}
	errors.invalid(field, actual, `${text} in body must be of type ${wanted}: ${JSON.stringify(actual)}`);
	return false;
}

function validateString(value: string, schema: Schema, { field, text }: Place, errors: Violations): void {
	const length = [...value].length;
	if (schema.maxLength !== undefined && length > schema.maxLength) errors.tooLong(field, schema.maxLength);
	if (schema.minLength !== undefined && length < schema.minLength)
		errors.invalid(field, value, `${text} in body should be at least ${schema.minLength} chars long`);
	if (schema.pattern !== undefined && !matches(value, schema.pattern))
		errors.invalid(field, value, `${text} in body should match '${schema.pattern}'`);
}

const patterns = new Map<string, RegExp | undefined>();

/** The pattern as a regular expression; undefined where it is none. */
export function compilePattern(pattern: string): RegExp | undefined {
	if (patterns.has(pattern)) return patterns.get(pattern);
	let compiled: RegExp | undefined;
	try {
		compiled = new RegExp(pattern, "u");
	} catch {
		// what the u flag refuses, as an escape without need, may be right all the same
		try {
			compiled = new RegExp(pattern);
		} catch {
			compiled = undefined;
		}
	}
	patterns.set(pattern, compiled);
	return compiled;
}

const matches = (value: string, pattern: string) => compilePattern(pattern)?.test(value) ?? true;

function validateNumber(value: number, schema: Schema, { field, text }: Place, errors: Violations): void {
	const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
	const must = (what: string) => errors.invalid(field, value, `${text} in body should be ${what}`);
	if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
		must(`less than ${exclusiveMaximum ? "" : "or equal to "}${maximum}`);
	if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
		must(`greater than ${exclusiveMinimum ? "" : "or equal to "}${minimum}`);
	if (multipleOf && !Number.isInteger(Number((value / multipleOf).toFixed(9)))) must(`a multiple of ${multipleOf}`);
	if (schema.format === "int32" && !(Number.isInteger(value) && Math.abs(value) <= 2 ** 31))
		errors.invalid(field, value, `${text} in body must be of type int32: ${JSON.stringify(value)}`);
}

function validateItems(value: unknown[], schema: Schema, at: Place, errors: Violations, old: unknown): void {
	const items = itemsOf(schema);
	const before = correlate(schema, old);
	if (items)
		for (const [index, item] of value.entries())
			validateValue(item, items, inside(at, `[${index}]`), errors, before(item, index));
	const { minItems, maxItems } = schema;
	if (minItems !== undefined && value.length < minItems)
		errors.invalid(at.field, value.length, `${at.text} in body should have at least ${minItems} items`);
	if (maxItems !== undefined && value.length > maxItems) errors.tooMany(at.field, value.length, maxItems);
}

/** The item that this one was before: by its keys in a list that is a map. */
function correlate(schema: Schema, old: unknown): (item: unknown, index: number) => unknown {
	if (!Array.isArray(old) || schema["x-kubernetes-list-type"] !== "map") return () => undefined;
	const keys = schema["x-kubernetes-list-map-keys"] ?? [];
	return (item) =>
		old.find((other) => isObject(item) && isObject(other) && keys.every((key) => item[key] === other[key]));
}

function validateFields(value: JsonObject, schema: Schema, at: Place, errors: Violations, old: unknown): void {
	const { minProperties, maxProperties } = schema;
	const count = Object.keys(value).length;
	if (minProperties !== undefined && count < minProperties)
		errors.invalid(at.field, count, `${at.text} in body should have at least ${minProperties} properties`);
	if (maxProperties !== undefined && count > maxProperties) errors.tooMany(at.field, count, maxProperties);
	for (const [name, child] of Object.entries(value)) {
		const known = propertyOf(schema, name);
		const before = isObject(old) ? old[name] : undefined;
		if (known) validateValue(child, known, inside(at, `.${name}`), errors, before);
	}
	for (const name of schema.required ?? [])
		if (!Object.hasOwn(value, name)) errors.required(inside(at, `.${name}`).field);
}

function validateCombinations(value: unknown, schema: Schema, at: Place, errors: Violations): void {
	const problems = (one: Schema) => {
		const found = errors.fresh();
		validateValue(value, one, at, found);
		return found;
	};
	const said = (text: string) => errors.invalid("<nil>", "", `${JSON.stringify(at.text)} ${text}`);
	if (schema.anyOf) {
		const all = schema.anyOf.map(problems);
		if (all.every(({ causes }) => causes.length > 0)) {
			said("must validate at least one schema (anyOf)");
			errors.take(all[0]);
		}
	}
	if (schema.oneOf) {
		const all = schema.oneOf.map(problems);
		const valid = all.filter(({ causes }) => causes.length === 0).length;
		if (valid === 0) {
			said("must validate one and only one schema (oneOf). Found none valid");
			errors.take(all[0]);
		} else if (valid > 1) said(`must validate one and only one schema (oneOf). Found ${valid} valid alternatives`);
	}
	const failed = (schema.allOf ?? []).map(problems).filter(({ causes }) => causes.length > 0);
	if (failed.length > 0) {
		said("must validate all the schemas (allOf)");
		for (const found of failed) errors.take(found);
	}
	if (schema.not && problems(schema.not).causes.length === 0) said("must not validate the schema (not)");
}
