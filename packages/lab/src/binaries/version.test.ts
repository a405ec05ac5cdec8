import { describe, expect, it } from "vitest";
import { compareVersions, matchesVersion, normaliseAsked } from "./version.ts";

describe("versions", () => {
	it.each([
		["3.5.9", undefined, true],
		["3.5.9", "3.5.9", true],
		["3.5.9", "3.5", true],
		["3.5.9", "3", true],
		["3.5.35", "3.5.3", false],
		["3.5.9", "3.6", false],
		["3.15.9", "3.1", false],
	])("%s asked as %s: %s", (version, asked, expected) => expect(matchesVersion(version, asked)).toBe(expected));

	it("sorts by number", () => {
		expect(["3.10.0", "3.5.35", "3.5.9", "3.6.1"].sort(compareVersions)).toEqual([
			"3.5.9",
			"3.5.35",
			"3.6.1",
			"3.10.0",
		]);
	});

	it.each([
		["v3.5", "3.5"],
		["3.5.9", "3.5.9"],
		["latest", undefined],
		["3.5.9-rc.1", undefined],
		["", undefined],
	])("reads %s as %s", (asked, expected) => expect(normaliseAsked(asked)).toBe(expected));
});
