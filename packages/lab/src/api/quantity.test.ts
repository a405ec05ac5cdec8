import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalQuantity, compareQuantities, parseQuantity } from "./quantity.ts";

const canonical = (text: string | number) => {
	const quantity = parseQuantity(text);
	return quantity && canonicalQuantity(quantity);
};

describe("quantities", () => {
	it.each([
		["1024Mi", "1Gi"],
		["2Gi", "2Gi"],
		["1.5Gi", "1536Mi"],
		["1000m", "1"],
		["0.5", "500m"],
		["1500m", "1500m"],
		["1000k", "1M"],
		["1e3", "1e3"],
		["12e6", "12e6"],
		["0", "0"],
		["-0.5", "-500m"],
		["100", "100"],
		["8589934592", "8589934592"],
		["0.1n", "1n"],
		[1, "1"],
	])("%s is handed out as %s", (given, expected) => {
		expect(canonical(given)).toBe(expected);
	});

	it.each(["", "x", "1.2.3", "1Zi", "Gi", "1 Gi", "--1", "1e", "e3", "0x10"])("%j is none", (text) => {
		expect(parseQuantity(text)).toBeUndefined();
	});

	it("has the same value in its canonical form, which does not change any more", () => {
		const suffix = fc.constantFrom("", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e3", "E");
		fc.assert(
			fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), suffix, (number, unit) => {
				const once = canonical(`${number}${unit}`) ?? "";
				expect(compareQuantities(once, `${number}${unit}`)).toBe(0);
				expect(canonical(once)).toBe(once);
			}),
		);
	});

	it("compares across units", () => {
		expect(compareQuantities("1Gi", "1G")).toBe(1);
		expect(compareQuantities("999m", "1")).toBe(-1);
		expect(compareQuantities("1024Mi", "1Gi")).toBe(0);
	});
});
