import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { growBoltFile } from "./bolt-file.ts";

const PAGE = 4096;
const NO_FREELIST = 0xffff_ffff_ffff_ffffn;
let folder = "";
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "bolt-"));
});
afterEach(() => rm(folder, { recursive: true }));

function fnv1a(bytes: Uint8Array): bigint {
	let hash = 14695981039346656037n;
	for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 1099511628211n) % 2n ** 64n;
	return hash;
}

/** A page with meta data, as bbolt writes it. */
function metaPage(pages: bigint, freelist: bigint, torn = false): Buffer {
	const page = Buffer.alloc(PAGE);
	page.writeUInt32LE(0xed0cdaed, 16);
	page.writeUInt32LE(2, 20);
	page.writeUInt32LE(PAGE, 24);
	page.writeBigUInt64LE(freelist, 48);
	page.writeBigUInt64LE(pages, 56);
	page.writeBigUInt64LE(torn ? 1n : fnv1a(page.subarray(16, 72)), 72);
	return page;
}

async function database(...pages: Buffer[]): Promise<string> {
	const path = join(folder, "db");
	await writeFile(path, Buffer.concat([...pages, Buffer.alloc(2 * PAGE)]));
	return path;
}

it("counts more pages, in each meta page that is whole, and takes no room for them", async () => {
	const path = await database(metaPage(4n, NO_FREELIST), metaPage(4n, NO_FREELIST, true));
	await growBoltFile(path, 100 * PAGE - 1);
	const file = await readFile(path);
	expect(file.length).toBe(100 * PAGE);
	expect(file.readBigUInt64LE(56)).toBe(100n);
	expect(file.readBigUInt64LE(72)).toBe(fnv1a(file.subarray(16, 72)));
	expect(file.readBigUInt64LE(PAGE + 56)).toBe(4n);
	expect((await stat(path)).blocks * 512).toBeLessThan(20 * PAGE);
});

it("never makes one smaller", async () => {
	const path = await database(metaPage(4n, NO_FREELIST), metaPage(4n, NO_FREELIST));
	await growBoltFile(path, PAGE);
	expect((await readFile(path)).readBigUInt64LE(56)).toBe(4n);
	expect((await stat(path)).size).toBe(4 * PAGE);
});

it.each([
	["no bbolt database", [Buffer.alloc(PAGE)]],
	["no valid meta page", [metaPage(4n, NO_FREELIST, true), metaPage(4n, NO_FREELIST, true)]],
	["keeps a list of its free pages", [metaPage(4n, 2n), metaPage(4n, 2n)]],
])("%s is told, and left as it is", async (problem, pages) => {
	const path = await database(...pages);
	const before = await readFile(path);
	await expect(growBoltFile(path, 100 * PAGE)).rejects.toThrow(problem);
	expect((await readFile(path)).equals(before)).toBe(true);
});
