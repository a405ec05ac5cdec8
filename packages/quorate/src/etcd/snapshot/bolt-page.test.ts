import { expect, it } from "vitest";
import { leafElements, MalformedPage } from "./bolt-page.ts";

/** A leaf page whose elements lie where they are said to. */
function page(...elements: [start: number, keySize: number, valueSize: number][]): Buffer {
	const bytes = Buffer.alloc(256, "x");
	bytes.writeUInt16LE(elements.length, 10);
	elements.forEach(([start, keySize, valueSize], index) => {
		const at = 16 + index * 16;
		[0, start - at, keySize, valueSize].forEach((field, i) => {
			bytes.writeUInt32LE(field, at + 4 * i);
		});
	});
	return bytes;
}

it("elements of a page cannot be more than the page: one that is made so would take hours to read", () => {
	expect(leafElements(page([64, 10, 40], [114, 10, 40]))).toHaveLength(2);
	expect(() => leafElements(page([64, 10, 150], [64, 10, 150]))).toThrow(MalformedPage);
	expect(() => leafElements(page([64, 10, 300]))).toThrow(MalformedPage);
});
