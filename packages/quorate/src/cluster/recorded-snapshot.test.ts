import { copyFile, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SavedSnapshot, saveSnapshot } from "../etcd/snapshot/save.ts";
import { bytes } from "../etcd/testing/bytes.ts";
import { etcdBinaries } from "../etcd/testing/etcd-binaries.ts";
import { startEtcd } from "../etcd/testing/etcd-process.ts";
import { isRecordedSnapshot } from "./recorded-snapshot.ts";
import type { SnapshotRecord } from "./scaling-record.ts";

let folder: string;
let older: SavedSnapshot;
let newer: SavedSnapshot;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate-snapshots-"));
	const etcd = await startEtcd(etcdBinaries()[0]);
	try {
		await etcd.client.put(bytes("/a"), bytes("1"));
		older = await saveSnapshot(etcd.client, join(folder, "older.db"));
		await etcd.client.put(bytes("/a"), bytes("2"));
		newer = await saveSnapshot(etcd.client, join(folder, "newer.db"));
	} finally {
		await etcd.stop();
	}
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const recordOf = ({ path, sha256, revision }: SavedSnapshot, more: Partial<SnapshotRecord> = {}): SnapshotRecord => ({
	file: path,
	sha256,
	revision: String(revision),
	takenAt: "",
	...more,
});

it("knows the snapshot that was recorded, with and without its size", async () => {
	expect(await isRecordedSnapshot(recordOf(newer))).toBe(true);
	expect(await isRecordedSnapshot(recordOf(newer, { size: newer.size }))).toBe(true);
});

it("knows an older snapshot of the same name for another one, however often it is asked", async () => {
	const file = join(folder, "replaced.db");
	await copyFile(newer.path, file);
	expect(await isRecordedSnapshot(recordOf(newer, { file }))).toBe(true);
	await copyFile(older.path, file);
	expect(await isRecordedSnapshot(recordOf(newer, { file }))).toBe(false);
	expect(await isRecordedSnapshot(recordOf(newer, { file }))).toBe(false);
	await copyFile(newer.path, file);
	expect(await isRecordedSnapshot(recordOf(newer, { file }))).toBe(true);
});

it("knows a file of another revision, a cut one, and none at all", async () => {
	expect(await isRecordedSnapshot(recordOf(newer, { revision: "1" }))).toBe(false);
	expect(await isRecordedSnapshot(recordOf(newer, { size: newer.size + 1 }))).toBe(false);
	const cut = join(folder, "cut.db");
	await copyFile(newer.path, cut);
	await truncate(cut, newer.size - 512);
	expect(await isRecordedSnapshot(recordOf(newer, { file: cut }))).toBe(false);
	const text = join(folder, "text.db");
	await writeFile(text, "no snapshot");
	expect(await isRecordedSnapshot(recordOf(newer, { file: text }))).toBe(false);
	expect(await isRecordedSnapshot(recordOf(newer, { file: folder }))).toBe(false);
	expect(await isRecordedSnapshot(recordOf(newer, { file: join(folder, "none.db") }))).toBe(false);
	expect(await isRecordedSnapshot(undefined)).toBe(false);
});
