import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PrefixTree } from "./prefix-tree.ts";

function shares(keys: readonly string[], limit = 64): [string, number][] {
	const tree = new PrefixTree();
	for (const key of keys) tree.add(Buffer.from(key), 1);
	return tree.shares(limit).map(({ prefix, keys }) => [prefix.toString(), keys]);
}

const below = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

describe("prefixes", () => {
	it("are folders, down to those that hold the keys", () =>
		expect(
			shares([...below("/r/pods/x/", 9), ...below("/r/pods/y/", 8), ...below("/r/nodes/", 7), "/r/one", "bare"]),
		).toEqual([
			["", 1],
			["/r/", 1],
			["/r/nodes/", 7],
			["/r/pods/x/", 9],
			["/r/pods/y/", 8],
		]));

	it("are as deep as there is room for", () =>
		expect(
			shares(
				below("/a/", 6).flatMap((folder) => below(`${folder}/`, 5)),
				4,
			),
		).toEqual([["/a/", 30]]));

	it("are no folder for each object, however many there are", () => {
		expect(shares(below("/volume/", 20).map((folder) => `${folder}/nexus`))).toEqual([["/volume/", 20]]);
		expect(shares(below("/volume/", 5000).flatMap((folder) => below(`${folder}/`, 4)))).toEqual([["/volume/", 20_000]]);
	});

	it("hold every key once, whatever the keys are", () => {
		const key = fc
			.array(fc.constantFrom("a", "b", "/", "\u00ff"), { minLength: 1, maxLength: 12 })
			.map((all) => all.join(""));
		fc.assert(
			fc.property(fc.array(key), fc.integer({ min: 1, max: 20 }), (keys, limit) => {
				const found = shares(keys, limit);
				expect(found.reduce((sum, [, count]) => sum + count, 0)).toBe(keys.length);
				expect(found.length).toBeLessThanOrEqual(limit);
			}),
		);
	});
});
