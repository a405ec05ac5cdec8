import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Limit, requestLimit } from "./limit.ts";

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

it("a write has a limit though none is wanted, a read has none", () => {
	const limits = ["GET", "POST", "PUT", "PATCH", "DELETE"].map(
		(method) => new Limit(requestLimit(0, method), undefined),
	);
	vi.advanceTimersByTime(3_600_000);
	expect(limits.map(({ ended }) => ended !== undefined)).toEqual([false, true, true, true, true]);
	expect(requestLimit(5000, "PUT")).toBe(5000);
});
