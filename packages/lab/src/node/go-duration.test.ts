import { expect, test } from "vitest";
import { goDuration } from "./go-duration.ts";

test.each([
	[3, "3ms"],
	[1250, "1.25s"],
	[10_000, "10s"],
	[80_000, "1m20s"],
	[300_000, "5m0s"],
	[3_600_000, "1h0m0s"],
])("%d is %s", (milliseconds, text) => {
	expect(goDuration(milliseconds)).toBe(text);
});
