import { describe, expect, it } from "vitest";
import { parseDuration } from "./duration.ts";

describe("a duration", () => {
	it.each([
		["0", 0],
		["0s", 0],
		["30", 30_000],
		["30s", 30_000],
		["1m30s", 90_000],
		["1.5h", 5_400_000],
		["250ms", 250],
		["1ns", 1],
	])("%s is %i ms", (text, ms) => expect(parseDuration(text, "--timeout")).toBe(ms));

	it.each(["", "abc", "-1", "-5s", "5 s", "5x", "s", "1m 30s", "1e3s", "1.5", "s5", "1m30", "900h", "99999999"])(
		"%j is none",
		(text) =>
			expect(() => parseDuration(text, "--timeout")).toThrow(
				expect.objectContaining({ code: "Usage", operation: "reading --timeout" }),
			),
	);
});
