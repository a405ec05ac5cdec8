import { equal, isObject } from "../json.ts";
import type { Violations } from "../machinery/violations.ts";
import { itemsOf, propertyOf, type Schema } from "./schema.ts";

/** Items of sets, and keys of lists that are maps, are there once. */
export function validateListTypes(value: unknown, schema: Schema, field: string, errors: Violations): void {
	if (isObject(value)) {
		for (const [name, child] of Object.entries(value)) {
			const known = propertyOf(schema, name);
			if (known) validateListTypes(child, known, field === "" ? name : `${field}.${name}`, errors);
		}
		return;
	}
	if (!Array.isArray(value)) return;
	for (const index of repeated(value, schema)) errors.duplicate(`${field}[${index}]`, keyOf(value[index], schema));
	const items = itemsOf(schema);
	if (items) for (const [index, item] of value.entries()) validateListTypes(item, items, `${field}[${index}]`, errors);
}

function repeated(items: unknown[], schema: Schema): number[] {
	const type = schema["x-kubernetes-list-type"];
	if (type !== "set" && type !== "map") return [];
	const keys = items.map((item) => keyOf(item, schema));
	return keys.flatMap((key, index) => (keys.findIndex((other) => equal(other, key)) < index ? [index] : []));
}

function keyOf(item: unknown, schema: Schema): unknown {
	if (schema["x-kubernetes-list-type"] !== "map" || !isObject(item)) return item;
	const names = schema["x-kubernetes-list-map-keys"] ?? [];
	return Object.fromEntries(names.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]));
}
