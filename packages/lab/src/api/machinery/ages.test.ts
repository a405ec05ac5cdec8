import { expect, it } from "vitest";
import { age, humanDuration } from "./ages.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

it.each([
	[0, "0s"],
	[119 * second, "119s"],
	[2 * minute, "2m"],
	[3 * minute + 12 * second, "3m12s"],
	[47 * minute, "47m"],
	[3 * hour, "3h"],
	[5 * hour + 3 * minute, "5h3m"],
	[47 * hour, "47h"],
	[2 * day + 4 * hour, "2d4h"],
	[8 * day, "8d"],
	[365 * 2 * day, "2y"],
	[-5 * second, "<invalid>"],
])("%d ms is %s", (milliseconds, text) => {
	expect(humanDuration(milliseconds)).toBe(text);
});

it("does not know the age of what has no time", () => {
	expect(age(undefined, 0)).toBe("<unknown>");
});
