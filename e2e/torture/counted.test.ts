import { expect, it } from "vitest";
import { countedLosses } from "./counted.ts";

const acknowledged = { keys: ["a", "b"], revision: 7 };
const whole = { member: 0, keys: new Set(["a", "b", "c"]), revision: 9 };
const partial = { member: 1, keys: new Set(["a"]), revision: 7 };
const empty = { member: 2, keys: new Set<string>(), revision: 1 };

it("nothing is missed where every member has all keys and a revision not below the last", () => {
	expect(countedLosses(acknowledged, [whole, { ...whole, member: 1 }], "each")).toEqual([]);
});

it("a key that one member lacks is missed, and so is a revision", () => {
	expect(countedLosses(acknowledged, [whole, partial], "each")).toEqual([
		"member 1: 1 of 2 acknowledged keys are gone, such as b",
	]);
	expect(countedLosses(acknowledged, [{ ...whole, revision: 6 }], "each")).toEqual([
		"member 0: at revision 6, behind 7, which was acknowledged",
	]);
});

it("after a disk was lost, what is left has to hold all of it together", () => {
	expect(countedLosses(acknowledged, [partial, whole], "together")).toEqual([]);
	expect(countedLosses(acknowledged, [partial, empty], "together")).toEqual([
		"members 1, 2 together: 1 of 2 acknowledged keys are gone, such as b",
	]);
	expect(countedLosses(acknowledged, [], "together")).toHaveLength(2);
});
