import type { SavedSnapshot } from "../../etcd/snapshot/save.ts";
import { document } from "./document.ts";

export function snapshotDocument({ path, size, sha256, revision, keys, version }: SavedSnapshot) {
	return document("Snapshot", {
		file: path,
		size,
		sha256,
		revision: Number(revision),
		keys,
		...(version ? { storageVersion: version } : {}),
	});
}
