import { expect, test } from "vitest";
import { BackOff } from "./back-off.ts";

test("at once after the first failure, then 10 s, doubling to five minutes", () => {
	const backOff = new BackOff();
	let now = 1_000_000;
	const waits = Array.from({ length: 9 }, () => {
		const wait = backOff.failed(now);
		now += wait + 1000;
		return wait / 1000;
	});
	expect(waits).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300]);
});

test("anew after ten minutes without a failure, counted from the last start", () => {
	const backOff = new BackOff();
	backOff.failed(0);
	expect(backOff.failed(1000)).toBe(10_000);
	const started = 11_000;
	expect(backOff.failed(started + 600_000)).toBe(20_000);
	const again = started + 600_000 + 20_000;
	expect(backOff.failed(again + 600_001)).toBe(0);
	expect(backOff.failed(again + 600_002)).toBe(10_000);
});
