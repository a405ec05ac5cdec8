import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyIndex } from "./key-index.ts";

const key = (n: number) => new TextEncoder().encode(`/openebs.io/mayastor/apis/v0/volumes/${n}`);

describe("KeyIndex", () => {
	it("holds what a map would hold after the same history", () => {
		const records = fc.array(fc.tuple(fc.nat(50), fc.boolean()), { maxLength: 300 });
		fc.assert(
			fc.property(records, (history) => {
				const index = new KeyIndex();
				const expected = new Map<number, number>();
				history.forEach(([n, deleted], i) => {
					index.record(key(n), i + 1, deleted);
					expected.delete(n);
					if (!deleted) {
						expected.set(n, i + 1);
					}
				});
				expect(index.size).toBe(expected.size);
				for (let n = 0; n <= 50; n++) {
					const slot = index.slotOf(key(n));
					expect(slot === -1 ? undefined : index.modRevision(slot)).toBe(expected.get(n));
				}
			}),
		);
	});

	it("holds a million keys in less than 50 MB", () => {
		const index = new KeyIndex();
		for (let n = 0; n < 1_000_000; n++) {
			index.record(key(n), n + 2, false);
		}
		expect(index.size).toBe(1_000_000);
		expect(index.slots * 16).toBeLessThan(50e6);
		expect(index.modRevision(index.slotOf(key(123_456)))).toBe(123_458);
		expect(index.slotOf(key(-1))).toBe(-1);
	});
});
