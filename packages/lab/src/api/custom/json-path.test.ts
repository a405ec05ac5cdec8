import { describe, expect, it } from "vitest";
import { compilePath } from "./json-path.ts";

const object = {
	metadata: { labels: { "a.b/c": "dotted" } },
	status: {
		conditions: [
			{ type: "Ready", status: "True", age: 3 },
			{ type: "Other", status: "False", age: 5 },
		],
	},
	list: [1, 2, 3],
};

describe("compilePath", () => {
	it.each([
		[".status.conditions[0].type", ["Ready"]],
		[".status.conditions[-1].type", ["Other"]],
		[".status.conditions[*].type", ["Ready", "Other"]],
		['.status.conditions[?(@.type=="Ready")].status', ["True"]],
		[".status.conditions[?(@.age>=4)].type", ["Other"]],
		[".status.conditions[?(@.nope)].type", []],
		[".metadata.labels.a\\.b/c", ["dotted"]],
		[".metadata.labels['a.b/c']", ["dotted"]],
		["{.list[1:]}", [2, 3]],
		[".list[:2]", [1, 2]],
		["..type", ["Ready", "Other"]],
		[".not.there", []],
	])("%s", (path, expected) => {
		expect(compilePath(path)?.(object)).toEqual(expected);
	});

	it.each(["spec.node", ".a[", ".a[?(b)]"])("knows that %s is none", (path) => {
		expect(compilePath(path)).toBeUndefined();
	});
});
