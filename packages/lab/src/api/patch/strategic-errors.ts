import { ApiError } from "../api-error.ts";
import type { JsonObject } from "../json.ts";
import { goPrint, goType } from "./go-print.ts";

/** What the API server takes for its own failure, though the patch is at fault: 500, the message bare. */
const failure = (message: string) => new ApiError(500, "", message);
const bad = (message: string) => new ApiError(400, "BadRequest", message);

export const badPrimitiveList = () => bad("invalid patch format of primitive list");
export const badRetainKeys = () => bad("invalid patch format of retainKeys");
export const badElementOrder = () => bad("invalid patch format of setElementOrder list");

/** The server's answer where the patch is well-formed but cannot be carried out; it keeps the reason to itself. */
export const unprocessable = () =>
	new ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {});

export const noMergeKey = (item: JsonObject, key: string) =>
	failure(`map: ${goPrint(item)} does not contain declared merge key: ${key}`);

/** Go's %s of what is no text says so. */
function asText(value: unknown): string {
	if (value === null) return "%!s(<nil>)";
	if (typeof value === "boolean") return `%!s(bool=${value})`;
	if (typeof value === "number") return `%!s(${Number.isInteger(value) ? "int64" : "float64"}=${value})`;
	return goPrint(value);
}

export const badDirective = (directive: unknown, map: JsonObject) =>
	failure(`unknown patch type: ${asText(directive)} in map: ${goPrint(map)}`);

export const badType = (expected: unknown, actual: unknown) =>
	failure(`expected a ${goType(expected)}, but received a ${goType(actual)}`);

export const mixedTypes = (lists: unknown[][]) => failure(`list element types are not identical: ${goPrint(lists)}`);
export const emptyLists = () => failure("no elements in any of the given slices");
export const mergeDirectiveInList = () => failure("merging lists cannot yet be specified in the patch");

export const orderMismatch = (patch: unknown[], order: unknown[]) =>
	failure(`The order in patch list:\n${goPrint(patch)}\n doesn't match $setElementOrder list:\n${goPrint(order)}\n`);
