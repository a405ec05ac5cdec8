import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../api-error.ts";
import { deepFreeze } from "../json.ts";
import type { KubernetesObject } from "../object.ts";
import { applyPatch, JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH } from "./patch.ts";

const configMap = { group: "", version: "v1", kind: "ConfigMap" };
const diskPool = { group: "openebs.io", version: "v1beta2", kind: "DiskPool" };

const object = (data: Record<string, unknown>): KubernetesObject =>
	deepFreeze({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" }, data });
const patchedData = (data: Record<string, unknown>, type: string, body: unknown) =>
	applyPatch(configMap, object(data), type, body).data;
const failure = (act: () => unknown): Pick<ApiError, "code" | "reason" | "message"> => {
	try {
		act();
	} catch (error) {
		if (error instanceof ApiError) return { code: error.code, reason: error.reason, message: error.message };
		throw error;
	}
	throw new Error("it did not fail");
};

describe("a JSON patch", () => {
	it("carries out its operations in order", () => {
		const operations = [
			{ op: "test", path: "/data/a", value: "1" },
			{ op: "copy", from: "/data/a", path: "/data/b" },
			{ op: "replace", path: "/data/a", value: "2" },
			{ op: "add", path: "/data/c~1d", value: ["x"] },
			{ op: "add", path: "/data/c~1d/-", value: "y" },
			{ op: "move", from: "/data/b", path: "/data/e" },
		];
		expect(patchedData({ a: "1" }, JSON_PATCH, operations)).toEqual({ a: "2", "c/d": ["x", "y"], e: "1" });
	});

	it.each([
		["a failed test", [{ op: "test", path: "/data/a", value: "2" }]],
		["a path that is not there", [{ op: "remove", path: "/data/x" }]],
		["a parent that is not there", [{ op: "add", path: "/data/x/y", value: 1 }]],
		["an unknown operation", [{ op: "become", path: "/data/a" }]],
		["an index beyond the end", [{ op: "add", path: "/data/list/7", value: 1 }]],
		["the prototype", [{ op: "add", path: "/__proto__/polluted", value: 1 }]],
	])("answers 422 for %s, without the reason", (_, operations) => {
		expect(failure(() => patchedData({ a: "1", list: [] }, JSON_PATCH, operations))).toEqual({
			code: 422,
			reason: "Invalid",
			message: "the server rejected our request due to an error in our request",
		});
	});

	it("answers 400 for a body that is no list", () => {
		expect(failure(() => patchedData({}, JSON_PATCH, { op: "add" }))).toMatchObject({
			code: 400,
			message: "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
		});
	});
});

describe("a merge patch", () => {
	it("merges objects, removes nulls, replaces lists", () => {
		const data = { a: { b: 1, c: 2 }, l: [1, 2], gone: 1 };
		expect(patchedData(data, MERGE_PATCH, { data: { a: { c: null, d: 3 }, l: [3], gone: null } })).toEqual({
			a: { b: 1, d: 3 },
			l: [3],
		});
	});

	it("answers 400 for a body that is no object", () => {
		expect(failure(() => patchedData({}, MERGE_PATCH, ["x"]))).toEqual({
			code: 400,
			reason: "BadRequest",
			message: "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
		});
	});

	it("changes nothing the second time, and shares nothing with what it was given", () => {
		const json = fc.dictionary(fc.string(), fc.jsonValue());
		fc.assert(
			fc.property(json, json, (current, patch) => {
				const once = applyPatch(configMap, object(current), MERGE_PATCH, { data: patch });
				expect(applyPatch(configMap, deepFreeze(once), MERGE_PATCH, { data: patch })).toEqual(once);
			}),
		);
		const current = object({ a: { b: [1] } });
		const result = applyPatch(configMap, current, MERGE_PATCH, {});
		expect(result).toEqual(current);
		expect(Object.isFrozen((result.data as { a: object }).a)).toBe(false);
	});
});

describe("the type of a patch", () => {
	it("may carry parameters", () => {
		expect(patchedData({}, "application/merge-patch+json; charset=utf-8", { data: { a: "1" } })).toEqual({ a: "1" });
	});

	it("answers 415 for an unknown one, naming those it takes", () => {
		expect(failure(() => patchedData({}, "application/json", {}))).toEqual({
			code: 415,
			reason: "UnsupportedMediaType",
			message:
				"the body of the request was in an unknown format - accepted media types include: application/json-patch+json, " +
				"application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml",
		});
	});

	it("has no strategic merge for custom resources", () => {
		const { code, message } = failure(() => applyPatch(diskPool, object({}), STRATEGIC_MERGE_PATCH, {}));
		expect(code).toBe(415);
		expect(message).not.toContain("strategic");
	});
});
