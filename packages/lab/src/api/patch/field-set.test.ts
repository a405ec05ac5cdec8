import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	difference,
	type FieldSet,
	intersection,
	pathsOf,
	sameSet,
	setOf,
	sorted,
	union,
	withoutTrees,
} from "./field-set.ts";

const path = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 });
const sets = fc.array(path, { maxLength: 8 });
const names = (set: FieldSet) =>
	new Set([...pathsOf(set)].map((steps) => steps.map((step) => step.slice(2)).join(".")));
const model = (paths: string[][]) => new Set(paths.map((steps) => steps.join(".")));
const both = fc.tuple(sets, sets);

describe("sets of fields", () => {
	it("hold the paths put in, whatever lies above and beneath them", () => {
		fc.assert(
			fc.property(sets, (paths) => {
				expect(names(setOf(...paths))).toEqual(model(paths));
			}),
		);
	});

	it("combine as sets do", () => {
		fc.assert(
			fc.property(both, ([a, b]) => {
				const [inA, inB] = [model(a), model(b)];
				const [setA, setB] = [setOf(...a), setOf(...b)];
				expect(names(union(setA, setB))).toEqual(new Set([...inA, ...inB]));
				expect(names(intersection(setA, setB))).toEqual(new Set([...inA].filter((name) => inB.has(name))));
				expect(names(difference(setA, setB))).toEqual(new Set([...inA].filter((name) => !inB.has(name))));
				const beneath = (name: string) => [...inB].some((above) => name === above || name.startsWith(`${above}.`));
				expect(names(withoutTrees(setA, setB))).toEqual(new Set([...inA].filter((name) => !beneath(name))));
			}),
		);
	});

	it("leave what they were made of alone, and read back as written", () => {
		fc.assert(
			fc.property(both, ([a, b]) => {
				const [setA, setB] = [setOf(...a), setOf(...b)];
				const before = JSON.stringify([setA, setB]);
				const result = sorted(union(difference(setA, setB), intersection(setA, setB)));
				expect(JSON.stringify([setA, setB])).toBe(before);
				expect(sameSet(JSON.parse(JSON.stringify(result)), sorted(setA))).toBe(true);
			}),
		);
	});
});
