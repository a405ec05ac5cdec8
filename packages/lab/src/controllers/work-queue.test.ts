import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WorkQueue } from "./work-queue.ts";

/** To tens: each turn of the event loop takes a millisecond of the fake clock. */
const since = (start: number) => Math.round((Date.now() - start) / 10) * 10;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a key added many times is worked on once, one added during its work comes again", () => {
	const worked: string[] = [];
	const queue = new WorkQueue((key) => {
		worked.push(key);
		if (worked.length === 2) queue.add("a");
		return undefined;
	});
	for (const key of ["a", "b", "a", "a"]) queue.add(key);
	vi.runAllTimers();
	expect(worked).toEqual(["a", "b", "a"]);
});

test("a failing key comes again after a growing delay; success forgets the failures", () => {
	const times: number[] = [];
	const errors: unknown[] = [];
	const start = Date.now();
	const queue = new WorkQueue(
		() => {
			times.push(since(start));
			if (times.length < 4) throw new Error("no");
			return undefined;
		},
		{ baseDelayMs: 10, onError: (_, error) => errors.push(error) },
	);
	queue.add("a");
	vi.runAllTimers();
	expect(times).toEqual([0, 10, 30, 70]);
	expect(errors).toHaveLength(3);
});

test("of two later times the earlier one counts", () => {
	const times: number[] = [];
	const start = Date.now();
	const queue = new WorkQueue(() => {
		times.push(since(start));
		return undefined;
	});
	queue.addAfter("a", 500);
	queue.addAfter("a", 100);
	queue.addAfter("a", 900);
	vi.runAllTimers();
	expect(times).toEqual([100]);
});

test("a number returned asks for another look, and stop ends everything", () => {
	let count = 0;
	const queue = new WorkQueue(() => {
		count++;
		return 50;
	});
	queue.add("a");
	vi.advanceTimersByTime(120);
	expect(count).toBe(3);
	queue.stop();
	queue.add("a");
	vi.advanceTimersByTime(1000);
	expect(count).toBe(3);
});
