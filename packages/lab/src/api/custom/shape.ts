import { isObject } from "../json.ts";
import { objectMeta } from "../patch/pod-shapes.ts";
import { atomic, free, plain, type Shape } from "../patch/shape.ts";
import { isEmbedded, isIntOrString, itemsOf, keepsUnknown, type Schema } from "./schema.ts";

/** What field ownership has to know of a custom resource: its lists and maps, as its schema says. */
export function shapeOfSchema(schema: Schema, options: { status: boolean }): Shape {
	const { fields, ...rest } = shape(schema);
	return { ...rest, fields: { ...fields, metadata: objectMeta }, statusApart: options.status };
}

function shape(schema: Schema): Shape {
	if (isIntOrString(schema)) return plain;
	if (schema.type === "array") return listShape(schema);
	if (schema["x-kubernetes-map-type"] === "atomic") return atomic;
	const fields: Record<string, Shape> = {};
	for (const [name, child] of Object.entries(schema.properties ?? {})) fields[name] = shape(child);
	if (isEmbedded(schema)) fields.metadata = objectMeta;
	const values = isObject(schema.additionalProperties)
		? shape(schema.additionalProperties)
		: schema.additionalProperties === true || keepsUnknown(schema)
			? free
			: undefined;
	return {
		...(Object.keys(fields).length > 0 ? { fields } : {}),
		...(values ? { values } : {}),
	};
}

function listShape(schema: Schema): Shape {
	const type = schema["x-kubernetes-list-type"];
	const items = itemsOf(schema);
	if (type === "set") return { list: { element: plain, keys: [], defaults: {} } };
	if (type !== "map" || !items) return plain;
	const keys = schema["x-kubernetes-list-map-keys"] ?? [];
	const defaults: Record<string, string | number> = {};
	for (const key of keys) {
		const given = items.properties?.[key]?.default;
		if (typeof given === "string" || typeof given === "number") defaults[key] = given;
	}
	return { list: { element: shape(items), keys, defaults } };
}
