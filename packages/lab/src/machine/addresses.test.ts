import { expect, test } from "vitest";
import { AddressPool, nodeAddress } from "./addresses.ts";

test("each new pod gets an address that was not used before", () => {
	const pool = new AddressPool(1);
	const first = pool.take();
	expect(first).toBe("198.18.2.2");
	pool.release(first ?? "");
	expect(pool.take()).toBe("198.18.2.3");
});

test("goes round, past those that are in use, and ends when all are", () => {
	const pool = new AddressPool(0);
	const all = Array.from({ length: 253 }, () => pool.take());
	expect(new Set(all).size).toBe(253);
	expect(all).not.toContain(nodeAddress(0));
	expect(pool.take()).toBeUndefined();
	pool.release("198.18.1.77");
	expect(pool.take()).toBe("198.18.1.77");
});
