import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { QuorateError } from "../../errors.ts";
import { bytes } from "../testing/bytes.ts";
import { etcdBinaries, minorOf } from "../testing/etcd-binaries.ts";
import { startEtcd, type TestCluster } from "../testing/etcd-process.ts";
import { crc32c } from "./crc32c.ts";
import { listSnapshotKeys } from "./list-keys.ts";
import { readAgain, readSnapshot, surveySnapshot } from "./read.ts";
import { saveSnapshot } from "./save.ts";
import { surveyDatabase } from "./survey.ts";

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate-survey-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Branch and leaf pages, overflow pages, keys written anew, deleted, and made again. */
async function history({ client }: TestCluster): Promise<void> {
	for (let i = 0; i < 150; i++)
		await client.put(bytes(`/app/${"abc"[i % 3]}/key-${i}`), new Uint8Array(i % 50 === 0 ? 9_000 : 60).fill(i));
	for (let i = 0; i < 20; i++) await client.put(bytes(`/app/a/key-${3 * i}`), bytes(`again ${i}`));
	await client.deleteRange(bytes("/app/b/key-1"));
	await client.deleteRange(bytes("/app/c/key-2"));
	await client.put(bytes("/app/c/key-2"), bytes("back"));
	await client.put(bytes("no folder"), Uint8Array.of(0xff, 0));
}

it("crc32c is Castagnoli's", () => {
	expect(crc32c(0, bytes("123456789"))).toBe(0xe3069283);
	expect(crc32c(crc32c(0, bytes("1234")), bytes("56789"))).toBe(0xe3069283);
});

/** What etcd's own tool says, as the release has it. */
function etcdStatus(etcd: string, file: string): { hash: number; revision: number; totalKey: number } {
	const etcdutl = join(dirname(etcd), "etcdutl");
	const tool = existsSync(etcdutl) ? etcdutl : join(dirname(etcd), "etcdctl");
	const env = { ...process.env, ETCDCTL_API: "3" };
	return JSON.parse(
		execFileSync(tool, ["snapshot", "status", file, "-w", "json"], { encoding: "utf8", env, stdio: "pipe" }),
	);
}

describe.each(etcdBinaries())("a snapshot of etcd $version", (binary) => {
	let etcd: TestCluster;
	let path: string;
	beforeAll(async () => {
		etcd = await startEtcd(binary);
		await history(etcd);
		path = join(folder, `${binary.version}.db`);
		await saveSnapshot(etcd.client, path);
	});
	afterAll(() => etcd?.stop());

	it("has the hash, revision and keys that etcd's own tool tells", async () => {
		const { info, survey } = await surveySnapshot(path);
		const { hash, revision, totalKey } = etcdStatus(binary.path, path);
		expect({ hash: survey.hash, revision: Number(info.revision) }).toEqual({ hash, revision });
		// Before 3.6 the entries of all buckets are counted.
		const entries = survey.buckets.reduce((sum, bucket) => sum + bucket.entries, 0);
		expect(minorOf(binary.version) >= 3006 ? info.keys : entries).toBe(totalKey);
		expect(survey.pages.used).toBeLessThanOrEqual(survey.pages.total);
	});

	it("tells its live keys by prefix, as the member has them", async () => {
		const { info, survey } = await surveySnapshot(path);
		expect(survey.writes).toBe(150 + 20 + 2 + 1 + 1);
		expect(survey.prefixes.map(({ prefix, keys }) => [prefix.toString(), keys])).toEqual([
			["", 1],
			["/app/a/", 50],
			["/app/b/", 49],
			["/app/c/", 50],
		]);
		const { kvs } = await etcd.client.rangeRaw({ key: bytes("\0"), rangeEnd: bytes("\0") });
		expect(info.keys).toBe(kvs.length);
		expect(survey.bytes).toBe(kvs.reduce((sum, kv) => sum + kv.length, 0));
		expect(survey.prefixes.reduce((sum, share) => sum + share.bytes, 0)).toBe(survey.bytes);
	});

	it("lists its keys as the member does", async () => {
		const loaded = await readSnapshot(path);
		for (const [prefix, limit] of [
			["", 1000],
			["/app/b", 1000],
			["/app/b", 7],
			["none", 5],
		] as const) {
			const key = bytes(prefix || "\0");
			const last =
				prefix === ""
					? key
					: bytes(prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1));
			const { kvs, count } = await etcd.client.range({ key, rangeEnd: last, limit });
			const found = await listSnapshotKeys(loaded, { prefix: bytes(prefix), limit, keysOnly: false });
			expect(found.count).toBe(Number(count));
			expect(found.kvs.map(plain)).toEqual(kvs.map(plain));
		}
		const bare = await listSnapshotKeys(loaded, { prefix: bytes(""), limit: 3, keysOnly: true });
		expect(bare.kvs.map(({ value }) => value.length)).toEqual([0, 0, 0]);
	});
});

const plain = <T extends { key: Uint8Array; value: Uint8Array }>(kv: T) => ({
	...kv,
	key: Buffer.from(kv.key).toString("hex"),
	value: Buffer.from(kv.value).toString("hex"),
});

describe("a damaged file", () => {
	let good: Buffer;
	let path: string;
	beforeAll(async () => {
		const etcd = await startEtcd(etcdBinaries()[0]);
		try {
			await history(etcd);
			path = join(folder, "good.db");
			await saveSnapshot(etcd.client, path);
			good = await readFile(path);
			path = join(folder, "changed.db");
		} finally {
			await etcd.stop();
		}
	});

	/** Reads everything there is; what goes wrong must be a QuorateError. */
	async function read(file: Buffer): Promise<QuorateError | undefined> {
		await writeFile(path, file);
		try {
			const loaded = await readSnapshot(path);
			await readAgain(loaded.info, (database) => surveyDatabase(database, loaded.index));
			await listSnapshotKeys(loaded, { prefix: bytes(""), limit: 10, keysOnly: false });
			return undefined;
		} catch (error) {
			if (error instanceof QuorateError && error.code === "SnapshotInvalid") return error;
			throw error;
		}
	}

	/** With the right checksum, so that the pages themselves are read. */
	function sealed(database: Buffer): Buffer {
		return Buffer.concat([database, createHash("sha256").update(database).digest()]);
	}

	it("is refused whatever was flipped, cut, or put in its place", async () => {
		const flipped = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, change]) => {
			const file = Buffer.from(good);
			file[at] = (file[at] ?? 0) ^ change;
			return file;
		});
		const cut = fc.nat(good.length - 1).map((size) => good.subarray(0, size));
		const longer = fc.uint8Array({ minLength: 1, maxLength: 2048 }).map((more) => Buffer.concat([good, more]));
		const garbage = fc.uint8Array({ maxLength: 5000 }).map((content) => Buffer.from(content));
		await fc.assert(
			fc.asyncProperty(fc.oneof(flipped, cut, longer, garbage), async (file) => {
				expect(await read(file)).toBeDefined();
			}),
			{ numRuns: 1500 },
		);
	});

	it("neither crashes nor hangs the reader, though its checksum matches", async () => {
		const pageSize = good.readUInt32LE(24);
		const pages = Math.floor((good.length - 32) / pageSize);
		// Headers of pages and elements, where a page says what it is and where all else lies.
		const inHeaders = fc.tuple(fc.nat(pages - 1), fc.nat(120)).map(([page, offset]) => page * pageSize + offset);
		const at = fc.oneof({ weight: 4, arbitrary: inHeaders }, { weight: 1, arbitrary: fc.nat(good.length - 33) });
		const value = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff));
		const written = fc.array(fc.tuple(at, value), { minLength: 1, maxLength: 12 }).map((changes) => {
			const file = Buffer.from(good.subarray(0, -32));
			for (const [place, byte] of changes) file[place] = byte;
			return file;
		});
		// One page in the place of another: page numbers and pointers that contradict each other.
		const swapped = fc.tuple(fc.nat(pages - 1), fc.nat(pages - 1), fc.boolean()).map(([from, to, renamed]) => {
			const file = Buffer.from(good.subarray(0, -32));
			good.copy(file, to * pageSize, from * pageSize, (from + 1) * pageSize);
			if (renamed) file.writeBigUInt64LE(BigInt(to), to * pageSize);
			return file;
		});
		let refused = 0;
		await fc.assert(
			fc.asyncProperty(
				fc.oneof({ weight: 3, arbitrary: written }, { weight: 1, arbitrary: swapped }),
				async (database) => {
					refused += (await read(sealed(database))) ? 1 : 0;
				},
			),
			{ numRuns: 2000 },
		);
		expect(refused).toBeGreaterThan(400);
	}, 300_000);

	it("with one page in two places is refused", async () => {
		const { survey } = await (async () => {
			await writeFile(path, good);
			return surveySnapshot(path);
		})();
		expect(survey.pages.used).toBeGreaterThan(10);
		// The header of the bucket "key" made to be that of another bucket: both then share their pages.
		const file = Buffer.from(good.subarray(0, -32));
		const roots = bucketRoots(file);
		const [key, meta] = [roots.get("key"), roots.get("lease")];
		if (!key || !meta) throw new Error("no such buckets");
		file.copy(file, meta, key, key + 8);
		expect((await read(sealed(file)))?.message).toMatch(/referred to twice/);
	});

	it("with keys out of order is refused", async () => {
		const etcd = await startEtcd(etcdBinaries().at(-1) ?? etcdBinaries()[0]);
		const file = join(folder, "newest.db");
		try {
			await saveSnapshot(etcd.client, file);
		} finally {
			await etcd.stop();
		}
		const names: [string, string][] = [
			["confState", "zonfState"],
			["consistent_index", "aonsistent_index"],
			["alarm", "zlarm"],
		];
		const database = (await readFile(file)).subarray(0, -32);
		const [from, to] = names.find(([name]) => database.includes(name)) ?? [];
		if (!from || !to) throw new Error("none of these keys is there");
		for (let at = database.indexOf(from); at >= 0; at = database.indexOf(from, at + 1)) database.write(to, at);
		expect((await read(sealed(database)))?.message).toMatch(/out of order/);
	});

	it("may be no file, or none that can be read", async () => {
		await expect(surveySnapshot(folder)).rejects.toMatchObject({ code: "SnapshotInvalid" });
		await expect(surveySnapshot(join(folder, "none.db"))).rejects.toMatchObject({ code: "NotFound" });
		await expect(surveySnapshot(join(path, "below"))).rejects.toMatchObject({ code: "SnapshotInvalid" });
		await expect(surveySnapshot("/dev/null")).rejects.toMatchObject({ code: "SnapshotInvalid" });
		// a file, and reading it fails, for root too
		await expect(surveySnapshot("/proc/self/mem")).rejects.toMatchObject({ code: "SnapshotInvalid" });
	});
});

/** Where in the root page each bucket's own root stands: behind its name, wherever that is a key there. */
function bucketRoots(file: Buffer): Map<string, number> {
	const pageSize = file.readUInt32LE(24);
	const [first, second] = [0, pageSize].map((at) => ({
		root: file.readBigUInt64LE(at + 32),
		tx: file.readBigUInt64LE(at + 64),
	}));
	const root = Number((second?.tx ?? 0n) > (first?.tx ?? 0n) ? second?.root : first?.root) * pageSize;
	const roots = new Map<string, number>();
	for (let i = 0; i < file.readUInt16LE(root + 10); i++) {
		const at = root + 16 + i * 16;
		const start = at + file.readUInt32LE(at + 4);
		const size = file.readUInt32LE(at + 8);
		roots.set(file.toString("utf8", start, start + size), start + size);
	}
	return roots;
}
