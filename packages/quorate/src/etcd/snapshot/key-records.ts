import { keyOf } from "../raw-key.ts";
import type { BoltFile } from "./bolt-file.ts";
import type { LeafElement } from "./bolt-page.ts";
import { snapshotInvalid } from "./snapshot-invalid.ts";

/** One write in etcd's history. */
export interface KeyRecord {
	/** a view into a page: copy it to keep it; empty: no write, but a restore that raised the revision (`etcdutl --bump-revision`) */
	key: Uint8Array;
	revision: number;
	deleted: boolean;
}

/** Main and sub revision, big-endian, with "_" between; deletions end in "t". */
const REVISION_SIZE = 17;
const UNDERSCORE = 0x5f;
const DELETED = 0x74;

/** The main revision of a revision in etcd's encoding. Undefined: it is none, or beyond what a number holds. */
export function mainRevision(bytes: Buffer): number | undefined {
	if (bytes.length < REVISION_SIZE || bytes[8] !== UNDERSCORE) {
		return undefined;
	}
	const revision = bytes.readUInt32BE(0) * 2 ** 32 + bytes.readUInt32BE(4);
	return Number.isSafeInteger(revision) ? revision : undefined;
}

/** Undefined: it is no record of etcd's. */
export function parseRecord({ key: revisionBytes, value }: LeafElement): KeyRecord | undefined {
	const revision = mainRevision(revisionBytes);
	const key = value.length === 0 ? value : keyOf(value);
	if (revision === undefined || !key || (key.length === 0 && value.length > 0)) {
		return undefined;
	}
	return { key, revision, deleted: revisionBytes[REVISION_SIZE] === DELETED };
}

/** The whole history in a database, oldest first, a page at a time. */
export async function* keyRecords(file: BoltFile, signal?: AbortSignal): AsyncGenerator<KeyRecord[]> {
	let newest = 0;
	for await (const elements of file.bucket("key", signal)) {
		const records: KeyRecord[] = [];
		for (const element of elements) {
			const record = parseRecord(element);
			if (!record) {
				throw snapshotInvalid(file.path, `the record ${element.key.toString("hex")} of the history is malformed`);
			}
			if (record.revision < newest) {
				throw snapshotInvalid(file.path, `revision ${record.revision} comes after revision ${newest}`);
			}
			newest = record.revision;
			records.push(record);
		}
		yield records;
	}
}
