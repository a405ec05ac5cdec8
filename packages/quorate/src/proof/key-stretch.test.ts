import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endOfPrefix, KeyStretch } from "./key-stretch.ts";

const byte = fc.constantFrom(0, 1, 0x61, 0x62, 0xfe, 0xff);
const key = fc.array(byte, { minLength: 1, maxLength: 5 }).map((bytes) => Buffer.from(bytes));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Reads keys page by page as etcd would give them. */
function walk(keys: readonly Buffer[], pageKeys: number, few?: number) {
	const stretch = new KeyStretch(few);
	const seen: Buffer[] = [];
	let [pages, looked] = [0, 0];
	for (let more = true; more; pages++) {
		const { start, end } = stretch;
		const toTheEnd = hex(end) === "00";
		const range = keys.filter((k) => Buffer.compare(k, start) >= 0 && (toTheEnd || Buffer.compare(k, end) < 0));
		const kvs = range.slice(0, pageKeys);
		seen.push(...kvs);
		looked += range.length;
		more = stretch.advance({ kvs, count: BigInt(range.length) }, range.length > kvs.length ? kvs.at(-1) : undefined);
	}
	return { seen, pages, looked };
}

describe("KeyStretch", () => {
	it("passes every key once, in order, and ends", () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(key, { selector: hex, maxLength: 200 }),
				fc.integer({ min: 1, max: 8 }),
				(keys, size) => {
					const sorted = [...keys].sort(Buffer.compare);
					expect(walk(sorted, size, 0).seen.map(hex)).toEqual(sorted.map(hex));
				},
			),
		);
	});

	it("does not look at many more keys than there are", () => {
		const keys = Array.from({ length: 20_000 }, (_, i) => Buffer.from(`/openebs.io/VolumeSpec/${i}`)).sort(
			Buffer.compare,
		);
		const { seen, pages, looked } = walk(keys, 100, 0);
		expect(seen).toHaveLength(keys.length);
		expect(pages).toBeLessThan(600);
		// To the end of all each time it would be two million.
		expect(looked).toBeLessThan(500_000);
	});

	it("asks for no more pages than it takes where keys are soon counted, however unlike they are", () => {
		const keys = Array.from({ length: 1200 }, (_, i) => Buffer.from(`/${(i * 2_654_435_761) >>> 0}/${i}`));
		const { seen, pages } = walk(keys.sort(Buffer.compare), 16);
		expect(seen).toHaveLength(keys.length);
		expect(pages).toBe(1200 / 16);
	});
});

describe("endOfPrefix", () => {
	it("is the first key after all that begin so", () => {
		expect([...(endOfPrefix(Uint8Array.of(1, 2)) ?? [])]).toEqual([1, 3]);
		expect([...(endOfPrefix(Uint8Array.of(1, 0xff)) ?? [])]).toEqual([2]);
		expect(endOfPrefix(Uint8Array.of(0xff, 0xff))).toBeUndefined();
		expect(endOfPrefix(Uint8Array.of())).toBeUndefined();
	});
});
