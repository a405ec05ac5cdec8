import type { KeyValue } from "../member-client.ts";
import type { BoltFile } from "./bolt-file.ts";
import type { KeyIndex } from "./key-index.ts";
import { parseRecord } from "./key-records.ts";
import { decodeKeyValue } from "./key-value.ts";
import { type LoadedSnapshot, readAgain } from "./read.ts";
import { snapshotInvalid } from "./snapshot-invalid.ts";

export interface KeyListing {
	/** the first in the order of their keys */
	kvs: readonly KeyValue[];
	/** all that there are below the prefix */
	count: number;
}

export interface ListOptions {
	/** empty: all keys */
	prefix: Uint8Array;
	/** from 1 */
	limit: number;
	/** values stay empty */
	keysOnly: boolean;
	signal?: AbortSignal;
}

/**
 * The live keys below a prefix, as `etcdctl get --prefix` would have them at the snapshot's revision; never more than `limit` of
 * them are in memory.
 * @throws QuorateError SnapshotInvalid, Stopped
 */
export function listSnapshotKeys({ info, index }: LoadedSnapshot, options: ListOptions): Promise<KeyListing> {
	return readAgain(info, (file) => firstKeys(file, index, options), options.signal);
}

async function firstKeys(file: BoltFile, index: KeyIndex, options: ListOptions): Promise<KeyListing> {
	const { prefix, limit, keysOnly, signal } = options;
	const first: KeyValue[] = [];
	let count = 0;
	for await (const elements of file.bucket("key", signal)) {
		for (const element of elements) {
			const record = parseRecord(element);
			if (
				!record ||
				record.deleted ||
				record.key.length === 0 ||
				Buffer.compare(record.key.subarray(0, prefix.length), prefix) !== 0
			)
				continue;
			const slot = index.slotOf(record.key);
			if (slot < 0 || index.modRevision(slot) !== record.revision) continue;
			count++;
			const place = placeOf(record.key, first);
			if (place >= limit) continue;
			const kv = decodeKeyValue(element.value);
			if (!kv) throw snapshotInvalid(file.path, `the value of revision ${record.revision} is malformed`);
			first.splice(place, 0, keysOnly ? { ...kv, value: new Uint8Array() } : kv);
			if (first.length > limit) first.pop();
		}
	}
	return { kvs: first, count };
}

/** Where a key belongs in the sorted list. */
function placeOf(key: Uint8Array, sorted: readonly KeyValue[]): number {
	let [low, high] = [0, sorted.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (Buffer.compare(sorted[middle]?.key ?? key, key) < 0) low = middle + 1;
		else high = middle;
	}
	return low;
}
