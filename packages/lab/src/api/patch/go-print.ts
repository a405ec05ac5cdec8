import { isObject } from "../json.ts";

/** A JSON value as Go's `%v` prints it, which is how it stands in the API server's messages: `map[name:etcd ports:[1 2]]`. */
export function goPrint(value: unknown): string {
	if (value === null || value === undefined) return "<nil>";
	if (Array.isArray(value)) return `[${value.map(goPrint).join(" ")}]`;
	if (!isObject(value)) return String(value);
	const names = Object.keys(value).sort();
	return `map[${names.map((name) => `${name}:${goPrint(value[name])}`).join(" ")}]`;
}

/** The Go type that the value is decoded into, as messages name it. */
export function goType(value: unknown): string {
	if (Array.isArray(value)) return "[]interface {}";
	if (isObject(value)) return "map[string]interface {}";
	switch (typeof value) {
		case "string":
			return "string";
		case "boolean":
			return "bool";
		case "number":
			return Number.isInteger(value) ? "int64" : "float64";
		default:
			return "%!s(<nil>)";
	}
}

/** As encoding/json names the JSON value that it could not decode. */
export function jsonType(value: unknown): string {
	if (Array.isArray(value)) return "array";
	if (isObject(value)) return "object";
	return typeof value === "boolean" ? "bool" : typeof value;
}
