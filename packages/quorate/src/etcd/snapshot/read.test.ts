import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { QuorateError } from "../../errors.ts";
import { bytes } from "../testing/bytes.ts";
import { etcdBinaries, minorOf } from "../testing/etcd-binaries.ts";
import { startEtcd, type TestCluster } from "../testing/etcd-process.ts";
import { listSnapshotKeys } from "./list-keys.ts";
import { findSnapshotKeys, readSnapshot, verifySnapshot } from "./read.ts";
import { saveSnapshot } from "./save.ts";

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate-read-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Keys of several pages, values with overflow pages, deletions, a key made anew, and a compaction. */
async function history({ client }: TestCluster): Promise<void> {
	for (let i = 0; i < 300; i++) {
		await client.put(bytes(`key/${String(i).padStart(5, "0")}`), new Uint8Array(i % 50 === 0 ? 20_000 : 40).fill(i));
	}
	const { revision } = await client.deleteRange(bytes("key/00007"));
	await client.deleteRange(bytes("key/00100"), bytes("key/00120"));
	await client.compact(revision);
	await client.put(bytes("key/00007"), bytes("again"));
	await client.put(bytes("key/00008"), bytes("twice"));
	await client.deleteRange(bytes("key/00009"));
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

	it("tells what it holds", async () => {
		const info = await verifySnapshot(path);
		expect(info).toMatchObject({ revision: 306n, compactRevision: 302n, keys: 279, removedMembers: [], path });
		expect(info.members).toMatchObject([{ id: (await etcd.client.status()).memberId, name: etcd.first.name }]);
		expect(info.clusterVersion).toMatch(/^3\.\d\.0$/);
		expect(info.storageVersion !== undefined).toBe(minorOf(binary.version) >= 3006);
		expect(info.size).toBe((await readFile(path)).length);
		expect(info.dbSize).toBe(info.size - 32);
	});

	it("holds the very keys that the member had, with their revisions", async () => {
		const { index } = await readSnapshot(path);
		const { kvs } = await etcd.client.range({ key: bytes("\0"), rangeEnd: bytes("\0"), revision: index.revision });
		expect(kvs).toHaveLength(index.size);
		for (const { key, modRevision } of kvs) {
			expect(BigInt(index.modRevision(index.slotOf(key)))).toBe(modRevision);
		}
		expect(index.slotOf(bytes("key/00009"))).toBe(-1);
		expect(index.slotOf(bytes("never"))).toBe(-1);
	});

	it("gives its keys' names", async () => {
		const wanted = (key: Uint8Array) => Buffer.from(key).toString().startsWith("key/0000");
		const found = await findSnapshotKeys(path, wanted, 5);
		expect(found.map((key) => Buffer.from(key).toString())).toHaveLength(5);
		expect(await findSnapshotKeys(path, () => false, 5)).toEqual([]);
	});

	it.runIf(minorOf(binary.version) >= 3006)("is read after a restore that raised the revision", async () => {
		const data = join(folder, `${binary.version}-raised`);
		const flags = [`--data-dir=${data}`, "--bump-revision=1000000", "--mark-compacted"];
		execFileSync(join(dirname(binary.path), "etcdutl"), ["snapshot", "restore", path, ...flags], { stdio: "pipe" });
		const database = await readFile(join(data, "member/snap/db"));
		const file = join(folder, `${binary.version}-raised.db`);
		await writeFile(file, Buffer.concat([database, createHash("sha256").update(database).digest()]));
		const raised = await readSnapshot(file);
		expect(raised.info).toMatchObject({ revision: 1_000_306n, keys: 279 });
		expect((await findSnapshotKeys(file, () => true, 1000)).every(({ length }) => length > 0)).toBe(true);
		const listed = await listSnapshotKeys(raised, { prefix: bytes(""), limit: 1000, keysOnly: true });
		expect(listed.count).toBe(279);
	});

	it("of an empty store is read too", async () => {
		const empty = await startEtcd(binary);
		try {
			const file = join(folder, `${binary.version}-empty.db`);
			await saveSnapshot(empty.client, file);
			expect(await verifySnapshot(file)).toMatchObject({ revision: 1n, compactRevision: 0n, keys: 0 });
		} finally {
			await empty.stop();
		}
	});
});

describe("a file that is no whole snapshot", () => {
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

	/** With the right checksum, so that the database itself is read. */
	function sealed(file: Buffer): Buffer {
		const database = file.subarray(0, file.length - 32);
		return Buffer.concat([database, createHash("sha256").update(database).digest()]);
	}

	async function failure(file: Buffer): Promise<QuorateError | undefined> {
		await writeFile(path, file);
		try {
			await verifySnapshot(path);
			return undefined;
		} catch (error) {
			if (error instanceof QuorateError && error.code === "SnapshotInvalid") {
				return error;
			}
			throw error;
		}
	}

	it("is known by any byte that was flipped", async () => {
		await fc.assert(
			fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
				const file = Buffer.from(good);
				file[at] = (file[at] ?? 0) ^ change;
				expect((await failure(file))?.message).toMatch(/checksum/);
			}),
			{ numRuns: 60 },
		);
	});

	it("is known by being cut, wherever", async () => {
		const cuts = fc.oneof(
			fc.nat(good.length - 1),
			fc.nat(good.length >> 9).map((sectors) => sectors * 512 + 32),
		);
		await fc.assert(
			fc.asyncProperty(cuts, async (size) => {
				fc.pre(size < good.length);
				expect(await failure(good.subarray(0, size))).toBeDefined();
			}),
			{ numRuns: 60 },
		);
	});

	it("without its checksum is none", async () => {
		expect((await failure(good.subarray(0, -32)))?.message).toMatch(
			/ bytes, not a database and its checksum: it is cut, or the checksum is missing/,
		);
	});

	it("never crashes nor hangs the reader, even with a matching checksum", async () => {
		const pages = good.readUInt32LE(24);
		const inHeaders = fc
			.tuple(fc.nat(Math.floor(good.length / pages) - 1), fc.nat(200))
			.map(([page, offset]) => page * pages + offset);
		const changes = fc.array(fc.tuple(fc.oneof(inHeaders, fc.nat(good.length - 33)), fc.nat(255)), {
			minLength: 1,
			maxLength: 20,
		});
		let refused = 0;
		await fc.assert(
			fc.asyncProperty(changes, async (list) => {
				const file = Buffer.from(good);
				for (const [at, value] of list) {
					file[at] = value;
				}
				refused += (await failure(sealed(file))) ? 1 : 0;
			}),
			{ numRuns: 500 },
		);
		expect(refused).toBeGreaterThan(100);
	});

	it("may be cut to whole pages, with a matching checksum", async () => {
		const pageSize = good.readUInt32LE(24);
		for (let size = good.length - 32 - pageSize; size > 0; size -= 4 * pageSize) {
			expect(await failure(sealed(Buffer.concat([good.subarray(0, size), Buffer.alloc(32)])))).toBeDefined();
		}
	});

	it("may be anything at all", async () => {
		await fc.assert(
			fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (content) => {
				expect(await failure(Buffer.from(content))).toBeDefined();
				const database = Buffer.alloc(Math.ceil(content.length / 512) * 512);
				database.set(content);
				expect(await failure(sealed(Buffer.concat([database, Buffer.alloc(32)])))).toBeDefined();
			}),
			{ numRuns: 100 },
		);
	});

	it("is read from its other meta page when one is damaged", async () => {
		const pageSize = good.readUInt32LE(24);
		for (const page of [0, 1]) {
			const file = Buffer.from(good);
			file.fill(0xff, page * pageSize + 16, page * pageSize + 80);
			expect(await failure(sealed(file))).toBeUndefined();
		}
		const file = Buffer.from(good);
		file.fill(0xff, 16, 80);
		file.fill(0xff, pageSize + 16, pageSize + 80);
		expect((await failure(sealed(file)))?.message).toMatch(/neither meta page/);
	});

	it("is not read on when that is aborted", async () => {
		const file = join(folder, "good.db");
		const stop = new AbortController();
		const reading = verifySnapshot(file, { signal: stop.signal, onProgress: () => stop.abort() });
		await expect(reading).rejects.toMatchObject({ code: "Stopped" });
	});

	it("may be no file", async () => {
		await expect(verifySnapshot(join(folder, "none"))).rejects.toMatchObject({ code: "NotFound" });
		await expect(verifySnapshot(folder)).rejects.toMatchObject({ code: "SnapshotInvalid" });
	});
});
