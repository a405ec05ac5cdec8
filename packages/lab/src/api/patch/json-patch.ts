import jsonPatch, { type Operation } from "fast-json-patch";
import { ApiError } from "../api-error.ts";
import { copy, isObject, type JsonObject } from "../json.ts";
import { jsonType } from "./go-print.ts";
import { unprocessable } from "./strategic-errors.ts";

const MAX_OPERATIONS = 10_000;

/**
 * A JSON patch (RFC 6902) applied to a copy.
 * @throws ApiError 400 where the body is not a list of operations, 422 where one of them fails, a `test` too
 */
export function jsonPatched(current: JsonObject, body: unknown): JsonObject {
	if (!Array.isArray(body)) {
		const what = `json: cannot unmarshal ${jsonType(body)} into Go value of type []handlers.jsonPatchOp`;
		throw new ApiError(400, "BadRequest", `error decoding patch: ${what}`);
	}
	for (const operation of body) {
		if (isObject(operation)) continue;
		const what = `json: cannot unmarshal ${jsonType(operation)} into Go value of type jsonpatch.Operation`;
		throw new ApiError(400, "BadRequest", what);
	}
	if (body.length > MAX_OPERATIONS) {
		const message = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${body.length}`;
		throw new ApiError(413, "RequestEntityTooLarge", message);
	}
	const result = run(copy(current), body as Operation[]);
	if (!isObject(result)) throw unprocessable();
	return result;
}

function run(document: JsonObject, operations: Operation[]): unknown {
	try {
		return jsonPatch.applyPatch<unknown>(document, copy(operations), true, true, true).newDocument;
	} catch {
		throw unprocessable();
	}
}
