import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { QuorateError } from "../errors.ts";
import type { KubernetesClient } from "./client.ts";
import { HeldLock, moment } from "./held-lock.ts";
import { heldLease, type LeaseObject } from "./lease.ts";

beforeEach(() => {
	vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
});
afterEach(() => {
	vi.useRealTimers();
});

const HOLDER = { holder: "ann@here", run: "r", purpose: "p", process: undefined, ttlSeconds: 30 };

/** A lock whose writes are answered by `replace`. */
function hold(replace: (lease: LeaseObject) => Promise<unknown>): HeldLock {
	const lease = heldLease("ns", "quorate-etcd", HOLDER);
	const away = new QuorateError("Unreachable", { operation: "", message: "away" });
	const client = {
		replace: (_: unknown, wanted: LeaseObject) => replace(wanted),
		find: () => Promise.reject(away),
	};
	return new HeldLock(client as unknown as KubernetesClient, lease, HOLDER, moment());
}

const away = () => Promise.reject(new QuorateError("Unreachable", { operation: "", message: "away" }));

test("without renewal it is lost five sixths through, before anyone else may take it", async () => {
	const lock = hold(away);
	await vi.advanceTimersByTimeAsync(24_999);
	expect(lock.lost.aborted).toBe(false);
	await vi.advanceTimersByTimeAsync(2);
	expect(lock.lost.reason).toMatchObject({ code: "LockLost" });
});

test("time counts from before a renewal was sent, not from its answer", async () => {
	let answer = () => {};
	const lock = hold((lease) => new Promise((resolve) => (answer = () => resolve(lease))));
	await vi.advanceTimersByTimeAsync(10_000);
	await vi.advanceTimersByTimeAsync(8_000);
	answer();
	await vi.advanceTimersByTimeAsync(0);
	answer = () => {};
	await vi.advanceTimersByTimeAsync(16_999);
	expect(lock.lost.aborted).toBe(false);
	await vi.advanceTimersByTimeAsync(2);
	expect(lock.lost.aborted).toBe(true);
});

test("after a machine's sleep, which timers do not see, confirm renews first, or says that it is lost", async () => {
	let writes = 0;
	let answering = true;
	const lock = hold(async (lease) => {
		if (!answering) return away();
		writes++;
		return lease;
	});
	await lock.confirm();
	expect(writes).toBe(0);
	vi.setSystemTime(Date.now() + 3_600_000);
	await lock.confirm();
	expect(writes).toBe(1);
	answering = false;
	vi.setSystemTime(Date.now() + 3_600_000);
	await expect(lock.confirm()).rejects.toHaveProperty("code", "LockLost");
	expect(lock.lost.aborted).toBe(true);
});
