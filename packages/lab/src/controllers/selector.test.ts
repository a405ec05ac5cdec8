import { expect, test } from "vitest";
import { matchesNodeSelector } from "./node-selector.ts";
import { matchesLabels, matchesRequirement, matchesSelector } from "./selector.ts";
import type { Node } from "./stored.ts";

test("an absent selector matches nothing, an empty one everything", () => {
	expect(matchesSelector(undefined, { a: "1" })).toBe(false);
	expect(matchesSelector({}, { a: "1" })).toBe(true);
	expect(matchesSelector({ matchLabels: { a: "1" } }, undefined)).toBe(false);
	expect(matchesLabels({ a: "1" }, { a: "1", b: "2" })).toBe(true);
});

test.each([
	["In", ["1", "2"], true, false],
	["NotIn", ["1"], false, true],
	["Exists", [], true, false],
	["DoesNotExist", [], false, true],
	["Gt", ["0"], true, false],
	["Lt", ["0"], false, false],
	["Near", ["1"], false, false],
])("%s %j", (operator, values, whenOne, whenAbsent) => {
	expect(matchesRequirement("a", operator, values, { a: "1" })).toBe(whenOne);
	expect(matchesRequirement("a", operator, values, {})).toBe(whenAbsent);
});

test("terms of a node selector are alternatives; an empty one matches nothing; fields know the name", () => {
	const node = { metadata: { name: "n1", labels: { zone: "a" } } } as unknown as Node;
	const zone = (value: string) => ({ matchExpressions: [{ key: "zone", operator: "In", values: [value] }] });
	expect(matchesNodeSelector({ nodeSelectorTerms: [zone("b"), zone("a")] }, node)).toBe(true);
	expect(matchesNodeSelector({ nodeSelectorTerms: [{}] }, node)).toBe(false);
	const byName = { matchFields: [{ key: "metadata.name", operator: "In", values: ["n1"] }] };
	expect(matchesNodeSelector({ nodeSelectorTerms: [byName] }, node)).toBe(true);
});
