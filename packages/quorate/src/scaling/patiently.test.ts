import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { QuorateError } from "../errors.ts";
import type { ScaleEvent } from "./events.ts";
import { patiently } from "./patiently.ts";
import { WaitClock } from "./wait-clock.ts";

beforeEach(() => {
	vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
	vi.useRealTimers();
});

const set = { name: "mayastor-etcd", namespace: "mayastor" };
const away = new QuorateError("Unreachable", { operation: "deleting a Lease", message: "connection refused" });

/** What is told on the way, and an attempt that fails so often. */
function trying(failures: number, error: unknown = away) {
	const told: string[] = [];
	const waits = new WaitClock(({ type }: Pick<ScaleEvent, "type">) => told.push(type));
	let tries = 0;
	const attempt = async () => {
		if (tries++ < failures) throw error;
		return tries;
	};
	return { told, waits, attempt };
}

/** Timers of promises are the real ones. */
vi.mock("node:timers/promises", () => ({
	setTimeout: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
}));

it("tries again until the API server answers, and tells that it waits", async () => {
	const { told, waits, attempt } = trying(3);
	const done = patiently(attempt, { set, waits, signal: new AbortController().signal });
	await vi.advanceTimersByTimeAsync(2000);
	expect(await done).toBe(4);
	expect(told).toEqual(["waiting"]);
});

it("gives up in the end", async () => {
	const { waits, attempt } = trying(Number.POSITIVE_INFINITY);
	const done = patiently(attempt, { set, waits, signal: new AbortController().signal });
	const failed = expect(done).rejects.toMatchObject({ code: "TimedOut" });
	await vi.advanceTimersByTimeAsync(130_000);
	await failed;
});

it("stops when the run is to end", async () => {
	const { waits, attempt } = trying(Number.POSITIVE_INFINITY);
	await expect(patiently(attempt, { set, waits, signal: AbortSignal.abort() })).rejects.toMatchObject({
		code: "Stopped",
	});
});

it("does not try what will not pass", async () => {
	const { waits, attempt } = trying(1, new TypeError("a defect"));
	await expect(patiently(attempt, { set, waits, signal: new AbortController().signal })).rejects.toThrow("a defect");
});
