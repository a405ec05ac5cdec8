import { isObject, type JsonObject } from "../json.ts";
import { isIntOrString, itemsOf, type Schema } from "./schema.ts";

const CONVENTIONS = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";

/** What every object has, described as Kubernetes does. */
const apiVersion = {
	description: `APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: ${CONVENTIONS}#resources`,
	type: "string",
};
const kind = {
	description: `Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: ${CONVENTIONS}#types-kinds`,
	type: "string",
};
const aboutMetadata = `Standard object's metadata. More info: ${CONVENTIONS}#metadata`;

/**
 * A custom resource's schema as the OpenAPI document gives it: with what every object has.
 * @param metadata a reference to the type of metadata
 */
export function publishedSchema(schema: Schema, metadata: JsonObject): JsonObject {
	const published = publish(schema);
	if (!isObject(published.properties)) return published;
	const whole = { apiVersion, kind, metadata: { description: aboutMetadata, allOf: [metadata] } };
	return { ...published, properties: { ...published.properties, ...whole } };
}

function publish(schema: Schema): JsonObject {
	const { properties, items: _items, additionalProperties, ...rest } = schema;
	const items = itemsOf(schema);
	return {
		...rest,
		...(isIntOrString(schema) ? { anyOf: [{ type: "integer" }, { type: "string" }] } : {}),
		...(properties
			? { properties: Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, publish(child)])) }
			: {}),
		...(items ? { items: publish(items) } : {}),
		...(isObject(additionalProperties)
			? { additionalProperties: publish(additionalProperties) }
			: additionalProperties === undefined
				? {}
				: { additionalProperties }),
	};
}
