import type { BoltFile } from "./bolt-file.ts";
import { crc32c } from "./crc32c.ts";
import type { KeyIndex } from "./key-index.ts";
import { parseRecord } from "./key-records.ts";
import { type PrefixShare, PrefixTree } from "./prefix-tree.ts";
import { snapshotInvalid } from "./snapshot-invalid.ts";

/** What a walk through every page of a snapshot's database has found. */
export interface SnapshotSurvey {
	/** CRC-32C of all buckets, keys and values, as `etcdutl snapshot status` has it */
	hash: number;
	pages: { total: number; used: number };
	/** top-level, in order */
	buckets: readonly { name: string; entries: number }[];
	/** writes in the history, deletions included */
	writes: number;
	/** of the live keys, as etcd encodes them with their values */
	bytes: number;
	/** of the live keys */
	prefixes: readonly PrefixShare[];
}

/** Prefixes told of, at most. */
const ROWS = 64;

/** Walks all buckets: no page may be in two places, and no key out of order. `index`: of the same file. */
export async function surveyDatabase(file: BoltFile, index: KeyIndex, signal?: AbortSignal): Promise<SnapshotSurvey> {
	const marks = file.newMarks();
	const tree = new PrefixTree();
	const buckets: { name: string; entries: number }[] = [];
	let [hash, writes, bytes] = [0, 0, 0];
	let bucketBefore: Buffer | undefined;
	for (const name of await file.bucketNames(marks)) {
		if (bucketBefore && Buffer.compare(bucketBefore, name) >= 0)
			throw snapshotInvalid(file.path, `the buckets are out of order at ${name.toString("hex")}`);
		bucketBefore = name;
		hash = crc32c(hash, name);
		const isHistory = name.toString() === "key";
		let before: Buffer | undefined;
		let entries = 0;
		for await (const elements of file.bucket(name.toString(), signal, marks)) {
			for (const element of elements) {
				const { key, value } = element;
				if (before && Buffer.compare(before, key) >= 0)
					throw snapshotInvalid(file.path, `the bucket "${name}" is out of order at ${key.toString("hex")}`);
				before = key;
				hash = crc32c(crc32c(hash, key), value);
				entries++;
				const record = isHistory ? parseRecord(element) : undefined;
				if (!record || record.deleted) continue;
				const slot = index.slotOf(record.key);
				if (slot < 0 || index.modRevision(slot) !== record.revision) continue;
				tree.add(record.key, value.length);
				bytes += value.length;
			}
			// The page itself is let go.
			before = before && Buffer.from(before);
		}
		buckets.push({ name: name.toString(), entries });
		if (isHistory) writes = entries;
	}
	// Both meta pages are in use, too.
	const used = 2 + marks.reduce((sum, byte) => sum + bits(byte), 0);
	return { hash, pages: { total: file.pages, used }, buckets, writes, bytes, prefixes: tree.shares(ROWS) };
}

function bits(byte: number): number {
	let count = 0;
	for (let rest = byte; rest > 0; rest &= rest - 1) count++;
	return count;
}
