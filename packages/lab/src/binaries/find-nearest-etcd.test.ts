import { expect, test } from "vitest";
import { nearestPatch } from "./find-nearest-etcd.ts";

const found = ["3.7.3", "3.6.16", "3.5.35", "3.5.9", "3.5.3", "3.4.23"].map((version) => ({ version }));

test.each([
	["3.5.6", "3.5.9"],
	["3.5.4", "3.5.3"],
	["3.5.21", "3.5.9"],
	["3.5.23", "3.5.35"],
	["3.6.4", "3.6.16"],
	["3.3.1", undefined],
	["4.5.9", undefined],
	["3.5", undefined],
])("the nearest to %s is %s", (asked, nearest) => {
	expect(nearestPatch(asked, found)?.version).toBe(nearest);
});
