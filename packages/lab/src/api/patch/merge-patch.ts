import { copy, isObject, type JsonObject, put } from "../json.ts";

/** A JSON merge patch (RFC 7386) applied to a copy: null removes, objects merge, all else replaces. */
export function mergePatched(current: JsonObject, patch: JsonObject): JsonObject {
	const result: JsonObject = copy(current);
	for (const [name, value] of Object.entries(patch)) {
		if (value === null) {
			delete result[name];
		} else if (isObject(value)) {
			const there = Object.hasOwn(result, name) ? result[name] : undefined;
			put(result, name, mergePatched(isObject(there) ? there : {}, value));
		} else {
			put(result, name, copy(value));
		}
	}
	return result;
}
