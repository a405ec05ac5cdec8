import { stat } from "node:fs/promises";
import { verifySnapshot } from "../etcd/snapshot/read.ts";
import type { SnapshotRecord } from "./scaling-record.ts";

/** Files that were read whole in this process, as they were then: a run looks often, and a snapshot may have gigabytes. */
const verified = new Map<string, { file: string; same: boolean }>();

/**
 * Whether the file that the record names can be read from here, and is the snapshot that was recorded: of its size, whole, and of its
 * SHA-256 and revision. A file of the same name may be another run's, or an older one that was copied there.
 */
export async function isRecordedSnapshot(snapshot: SnapshotRecord | undefined): Promise<boolean> {
	if (!snapshot) return false;
	const file = await identity(snapshot);
	if (file === undefined) return false;
	const known = verified.get(keyOf(snapshot));
	if (known?.file === file) return known.same;
	const same = await verifySnapshot(snapshot.file).then(
		({ sha256, revision }) => sha256 === snapshot.sha256 && String(revision) === snapshot.revision,
		() => false,
	);
	verified.set(keyOf(snapshot), { file, same });
	return same;
}

/** It was read back when it was saved just now. */
export async function rememberSaved(snapshot: SnapshotRecord): Promise<void> {
	const file = await identity(snapshot);
	if (file !== undefined) verified.set(keyOf(snapshot), { file, same: true });
}

const keyOf = ({ file, sha256, revision }: SnapshotRecord): string => [file, sha256, revision].join("\n");

/** Changes with every change of the file. Undefined: no file of that size. */
async function identity({ file, size }: SnapshotRecord): Promise<string | undefined> {
	const found = await stat(file, { bigint: true }).catch(() => undefined);
	if (!found?.isFile() || (size !== undefined && found.size !== BigInt(size))) return undefined;
	return [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join("/");
}
