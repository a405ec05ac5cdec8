import { copy, isObject, type JsonObject, put } from "../json.ts";
import { itemsOf, propertyOf, type Schema } from "./schema.ts";

/** Fills in what a whole object left out, in place. A null where none is allowed counts as left out. */
export function setSchemaDefaults(object: JsonObject, schema: Schema): void {
	complete(object, schema);
}

function complete(value: unknown, schema: Schema): void {
	if (Array.isArray(value)) {
		const items = itemsOf(schema);
		if (items) for (const item of value) complete(item, items);
		return;
	}
	if (!isObject(value)) return;
	for (const [name, child] of Object.entries(value)) {
		const known = propertyOf(schema, name);
		if (child === null && known && !known.nullable && known.type !== undefined) delete value[name];
	}
	for (const [name, { default: given }] of Object.entries(schema.properties ?? {})) {
		if (given !== undefined && !Object.hasOwn(value, name)) put(value, name, copy(given));
	}
	for (const [name, child] of Object.entries(value)) {
		const known = propertyOf(schema, name);
		if (known) complete(child, known);
	}
}
