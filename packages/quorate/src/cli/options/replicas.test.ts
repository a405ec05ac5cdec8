import { describe, expect, it } from "vitest";
import { parseReplicas } from "./replicas.ts";

describe("a number of members", () => {
	it("is a whole number from 1", () => expect(["1", "5", "8"].map((text) => parseReplicas(text))).toEqual([1, 5, 8]));

	it.each([
		"0",
		"-1",
		"+2",
		"2.5",
		"3.0",
		"3.",
		"03",
		"abc",
		"",
		" ",
		"1e1",
		"0x3",
		"NaN",
		"Infinity",
		"99999999999999999999",
		"101",
	])("%j is refused, and told as it was written", (text) => {
		expect(() => parseReplicas(text)).toThrow(
			expect.objectContaining({ code: "Usage", operation: "reading --replicas" }),
		);
		expect(() => parseReplicas(text)).not.toThrow(/NaN(?!")/);
	});
});
