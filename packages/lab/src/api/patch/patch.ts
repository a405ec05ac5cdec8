import { ApiError } from "../api-error.ts";
import { isObject, type JsonObject } from "../json.ts";
import type { KubernetesObject } from "../object.ts";
import { jsonType } from "./go-print.ts";
import { jsonPatched } from "./json-patch.ts";
import { builtInShape } from "./list-keys.ts";
import { mergePatched } from "./merge-patch.ts";
import { strategicMerge } from "./strategic-merge.ts";

export const JSON_PATCH = "application/json-patch+json";
export const MERGE_PATCH = "application/merge-patch+json";
export const STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json";
export const APPLY_PATCH = "application/apply-patch+yaml";

/**
 * The object with the patch applied, not yet defaulted nor validated: a new object that shares nothing with `current`.
 * `body` is the parsed JSON; `contentType` may carry parameters.
 * @throws ApiError 415 for an unknown type of patch (a strategic merge of a custom resource among them), 400 for a malformed
 * patch, 422 for one that cannot be carried out
 */
export function applyPatch(
	kind: { group: string; version: string; kind: string },
	current: KubernetesObject,
	contentType: string,
	body: unknown,
): KubernetesObject {
	return patched(kind, current, contentType, body) as KubernetesObject;
}

function patched(
	kind: { group: string; kind: string },
	current: KubernetesObject,
	contentType: string,
	body: unknown,
): JsonObject {
	const shape = builtInShape(kind);
	switch (contentType.split(";")[0]?.trim().toLowerCase()) {
		case JSON_PATCH:
			return jsonPatched(current, body);
		case MERGE_PATCH:
			return mergePatched(current, decoded(body, "error decoding patch: "));
		case STRATEGIC_MERGE_PATCH:
			// Merged as the type that it is: what a patch says of that is passed over.
			if (shape) return { ...strategicMerge(current, decoded(body, ""), shape), ...typeOf(current) };
			break;
	}
	const accepted = [JSON_PATCH, MERGE_PATCH, ...(shape ? [STRATEGIC_MERGE_PATCH] : []), APPLY_PATCH].join(", ");
	const message = `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
	throw new ApiError(415, "UnsupportedMediaType", message);
}

const typeOf = ({ apiVersion, kind }: KubernetesObject) => ({ apiVersion, kind });

function decoded(body: unknown, prefix: string): JsonObject {
	if (isObject(body)) return body;
	const what = `json: cannot unmarshal ${jsonType(body)} into Go value of type map[string]interface {}`;
	throw new ApiError(400, "BadRequest", prefix + what);
}
