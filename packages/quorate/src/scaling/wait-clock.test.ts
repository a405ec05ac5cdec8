import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Wait } from "./step.ts";
import { WaitClock } from "./wait-clock.ts";

const wait = (kind: Wait["kind"], ordinal: number): Wait => ({ kind, ordinal, reason: `${kind} ${ordinal}`, hint: "" });

beforeEach(() => {
	vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
	vi.useRealTimers();
});

/** Waits for each in turn, ten seconds at a time, until it takes too long. */
function secondsOf(clock: WaitClock, waits: readonly Wait[], most = 100): number {
	for (let round = 0; round < most; round++) {
		try {
			clock.wait(waits[round % waits.length] as Wait);
		} catch (error) {
			expect(error).toMatchObject({ code: "TimedOut" });
			return round * 10;
		}
		vi.advanceTimersByTime(10_000);
	}
	throw new Error("it never ends");
}

describe("the clock of a wait", () => {
	it("ends it at its limit", () => {
		expect(secondsOf(new WaitClock(() => {}), [wait("pod-gone", 3)])).toBe(190);
	});

	it("does not begin again when two reasons alternate", () => {
		expect(secondsOf(new WaitClock(() => {}), [wait("pod-gone", 3), wait("voters-healthy", 1)])).toBeLessThan(400);
	});

	it("begins again when something was changed", () => {
		const clock = new WaitClock(() => {});
		clock.wait(wait("pod-gone", 3));
		vi.advanceTimersByTime(170_000);
		clock.over();
		expect(clock.wait(wait("pod-gone", 3))).toBe(0);
	});

	it("does not count for one what was waited for another", () => {
		const told: string[] = [];
		const clock = new WaitClock((event) => told.push(event.type));
		clock.wait(wait("caught-up", 3));
		vi.advanceTimersByTime(600_000);
		expect(clock.wait(wait("voters-healthy", 1))).toBe(0);
		expect(told).toEqual(["waiting", "waited", "waiting"]);
	});
});
