import { expect, it } from "vitest";
import { repeat } from "./repeat.ts";
import { isMet, once, type Row, ratio } from "./row.ts";
import { measured, quantile } from "./statistics.ts";

it("takes the middle of an uneven number, and what lies between the two middle ones of an even", () => {
	expect(measured([9, 1, 5])).toEqual({ median: 5, least: 1, most: 9, runs: 3 });
	expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
	expect(quantile([10, 20], 0.99)).toBeCloseTo(19.9);
	expect(() => quantile([], 0.5)).toThrow(RangeError);
});

it("runs the measurements in turns, and leaves the first of each out", async () => {
	const order: string[] = [];
	const bench = { quick: false, runs: 2, signal: new AbortController().signal, folder: "", say: () => {} };
	const count = (name: string) => async () => order.push(name);
	const { ours, peer } = await repeat(bench, { ours: count("ours"), peer: count("peer") });
	expect(order).toEqual(["ours", "peer", "ours", "peer", "ours", "peer"]);
	// each says how many had run by then: 1 and 2 were the warm-up
	expect([ours, peer]).toEqual([measured([3, 5]), measured([4, 6])]);
});

it("holds all of a goal against the medians", () => {
	const row = (ours: number, goal: Row["goal"], peer?: number): Row => ({
		name: "",
		unit: "ms",
		ours: once(ours),
		...(peer === undefined ? {} : { peer: once(peer) }),
		...(goal ? { goal } : {}),
	});
	expect(ratio(row(3, {}, 2))).toBe(1.5);
	expect(isMet(row(3, { ratioAtMost: 1.5 }, 2))).toBe(true);
	expect(isMet(row(3.1, { ratioAtMost: 1.5 }, 2))).toBe(false);
	expect(isMet(row(3, { ratioAtMost: 1.5, atMost: 2 }, 2))).toBe(false);
	expect(isMet(row(0, { atMost: 0 }))).toBe(true);
	expect(isMet(row(1, { atMost: 0 }))).toBe(false);
	expect(isMet(row(49, { atLeast: 50 }))).toBe(false);
	expect(isMet(row(3, { ratioAtMost: 1.5 }))).toBeUndefined();
	expect(isMet(row(3, undefined, 2))).toBeUndefined();
});
