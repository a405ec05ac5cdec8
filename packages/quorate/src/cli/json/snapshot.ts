import type { KeyListing } from "../../etcd/snapshot/list-keys.ts";
import type { SnapshotInfo } from "../../etcd/snapshot/read.ts";
import type { SavedSnapshot } from "../../etcd/snapshot/save.ts";
import type { SnapshotSurvey } from "../../etcd/snapshot/survey.ts";
import { bytesText } from "../render/bytes-text.ts";
import { compact, document, id } from "./document.ts";

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

export function snapshotReportDocument(info: SnapshotInfo, survey: SnapshotSurvey) {
	const { hash, pages, buckets, writes, bytes, prefixes } = survey;
	return document(
		"SnapshotReport",
		compact({
			file: info.path,
			size: info.size,
			sha256: info.sha256,
			hash: hashText(hash),
			revision: Number(info.revision),
			compactRevision: Number(info.compactRevision),
			keys: info.keys,
			bytes,
			writes,
			clusterVersion: info.clusterVersion,
			storageVersion: info.storageVersion,
			members: info.members.map(({ id: member, name, peerURLs, clientURLs, isLearner }) => ({
				id: id(member),
				name,
				isLearner,
				peerURLs: [...peerURLs],
				clientURLs: [...clientURLs],
			})),
			removedMembers: info.removedMembers.map(id),
			pages: { total: pages.total, used: pages.used },
			buckets: buckets.map(({ name, entries }) => ({ name, entries })),
			prefixes: prefixes.map((share) => ({ prefix: bytesText(share.prefix), keys: share.keys, bytes: share.bytes })),
		}),
	);
}

/** As etcdutl prints it. */
export const hashText = (hash: number): string => hash.toString(16);

/** The keys in the order of etcd; values only where they were asked for. */
export function snapshotKeysDocument(
	info: SnapshotInfo,
	prefix: string,
	{ kvs, count }: KeyListing,
	keysOnly: boolean,
) {
	return document("SnapshotKeys", {
		file: info.path,
		revision: Number(info.revision),
		prefix,
		count,
		keys: kvs.map((kv) =>
			compact({
				key: bytesText(kv.key),
				value: keysOnly ? undefined : bytesText(kv.value),
				createRevision: Number(kv.createRevision),
				modRevision: Number(kv.modRevision),
				version: Number(kv.version),
				lease: kv.lease === 0n ? undefined : id(BigInt.asUintN(64, kv.lease)),
			}),
		),
	});
}
