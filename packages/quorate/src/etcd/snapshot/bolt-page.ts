import { PAGE_HEADER_SIZE } from "./bolt-meta.ts";

const BRANCH = 0x01;
const LEAF = 0x02;
const ELEMENT_SIZE = 16;
const BUCKET_ELEMENT = 0x01;

export interface LeafElement {
	key: Buffer;
	value: Buffer;
	isBucket: boolean;
}

/** What is wrong with a page; the caller knows the file. */
export class MalformedPage extends Error {}

function part(page: Buffer, start: number, length: number): Buffer {
	if (start + length > page.length) {
		throw new MalformedPage("an element lies outside its page");
	}
	return page.subarray(start, start + length);
}

function elements(page: Buffer): number {
	const count = page.readUInt16LE(10);
	if (PAGE_HEADER_SIZE + count * ELEMENT_SIZE > page.length) {
		throw new MalformedPage(`it cannot hold ${count} elements`);
	}
	return count;
}

export function pageKind(page: Buffer): "branch" | "leaf" {
	const flags = page.readUInt16LE(8);
	if (flags !== BRANCH && flags !== LEAF) {
		throw new MalformedPage(`its type is 0x${flags.toString(16)} where keys were expected`);
	}
	return flags === BRANCH ? "branch" : "leaf";
}

/** Page numbers of the children, in key order. */
export function branchChildren(page: Buffer): bigint[] {
	const count = elements(page);
	if (count === 0) {
		throw new MalformedPage("a branch without children");
	}
	return Array.from({ length: count }, (_, i) => page.readBigUInt64LE(PAGE_HEADER_SIZE + i * ELEMENT_SIZE + 8));
}

/** Keys and values, as views into the page. */
export function leafElements(page: Buffer): LeafElement[] {
	const count = elements(page);
	const found: LeafElement[] = [];
	let room = page.length;
	for (let i = 0; i < count; i++) {
		const at = PAGE_HEADER_SIZE + i * ELEMENT_SIZE;
		const start = at + page.readUInt32LE(at + 4);
		const keySize = page.readUInt32LE(at + 8);
		const valueSize = page.readUInt32LE(at + 12);
		// Without overlaps, what is read of a file is never more than the file.
		room -= keySize + valueSize;
		if (room < 0) {
			throw new MalformedPage("its elements overlap");
		}
		found.push({
			isBucket: (page.readUInt32LE(at) & BUCKET_ELEMENT) !== 0,
			key: part(page, start, keySize),
			value: part(page, start + keySize, valueSize),
		});
	}
	return found;
}
