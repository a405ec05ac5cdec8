import { expect, it } from "vitest";
import { PageSize } from "./key-page.ts";

const page = (keys: number, bytesEach: number, count: number) => ({
	bytes: new Uint8Array(keys * bytesEach),
	kvs: Array.from({ length: keys }, () => new Uint8Array(0)),
	count: BigInt(count),
});

it("a page grows to a few thousand small keys, step by step", () => {
	const size = new PageSize();
	const seen = Array.from({ length: 6 }, () => {
		const { keys } = size;
		size.learn(page(keys, 100, 1_000_000));
		return keys;
	});
	expect(seen).toEqual([16, 64, 256, 1024, 4096, 4096]);
});

it("a page of large values has few keys, also where the values are not answered", () => {
	const answered = new PageSize();
	answered.learn(page(16, 1 << 20, 2048));
	expect(answered.keys).toBe(4);
	const without = new PageSize(2 ** 31);
	without.learn(page(16, 60, 2048));
	expect(without.keys).toBe(4);
	// what is left of a stretch says nothing of the whole
	without.learn(page(4, 60, 4));
	expect(without.keys).toBe(4);
});
