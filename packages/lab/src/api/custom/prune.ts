import { isObject, type JsonObject } from "../json.ts";
import { isEmbedded, itemsOf, keepsUnknown, propertyOf, type Schema } from "./schema.ts";

/** What every object has, whether its schema says so or not. */
const IDENTITY = ["apiVersion", "kind", "metadata"];

/** Takes fields that the schema does not have out of a whole object, in place. Returns their paths: `spec.parts[0].size`. */
export function pruneObject(object: JsonObject, schema: Schema): string[] {
	const gone: string[] = [];
	pruneFields(object, schema, "", gone, true);
	return gone.sort();
}

function pruneFields(value: JsonObject, schema: Schema, path: string, gone: string[], whole: boolean): void {
	for (const [name, child] of Object.entries(value)) {
		if (whole && IDENTITY.includes(name)) continue;
		const here = path === "" ? name : `${path}.${name}`;
		const known = propertyOf(schema, name);
		if (known) prune(child, known, here, gone);
		else if (!keepsUnknown(schema)) {
			gone.push(here);
			delete value[name];
		}
	}
}

function prune(value: unknown, schema: Schema, path: string, gone: string[]): void {
	if (Array.isArray(value)) {
		const items = itemsOf(schema);
		if (items) for (const [index, item] of value.entries()) prune(item, items, `${path}[${index}]`, gone);
	} else if (isObject(value)) pruneFields(value, schema, path, gone, isEmbedded(schema));
}
