import type { Member } from "../member-client.ts";
import type { BoltFile } from "./bolt-file.ts";
import type { LeafElement } from "./bolt-page.ts";
import type { KeyIndex } from "./key-index.ts";
import { keyRecords, mainRevision } from "./key-records.ts";
import { snapshotInvalid } from "./snapshot-invalid.ts";

/** What a snapshot's database says about itself. */
export interface SnapshotContent {
	/** the newest revision in it */
	revision: bigint;
	/** history before it is gone; 0n: never compacted */
	compactRevision: bigint;
	/** live keys at `revision` */
	keys: number;
	members: readonly Member[];
	removedMembers: readonly bigint[];
	/** "3.5.0"; undefined before the cluster has agreed on one */
	clusterVersion: string | undefined;
	/** 3.6 and later */
	storageVersion: string | undefined;
}

/** Reads the whole history into `index`, and the rest beside it. */
export async function readContent(file: BoltFile, index: KeyIndex, signal?: AbortSignal): Promise<SnapshotContent> {
	// An empty store is at revision 1.
	let newest = 1;
	for await (const records of keyRecords(file, signal)) {
		for (const { key, revision, deleted } of records) {
			if (key.length > 0) {
				index.record(key, revision, deleted);
			}
			newest = Math.max(newest, revision);
		}
	}
	const meta = await pairs(file, "meta");
	const compacted = meta.get("finishedCompactRev") ?? meta.get("scheduledCompactRev");
	const compactRevision = compacted ? mainRevision(compacted) : 0;
	if (compactRevision === undefined) {
		throw snapshotInvalid(file.path, "the revision it was compacted to is malformed");
	}
	// The deletion that was the newest write may have been compacted away.
	index.revision = BigInt(Math.max(newest, compactRevision));
	const removed = await pairs(file, "members_removed");
	return {
		revision: index.revision,
		compactRevision: BigInt(compactRevision),
		keys: index.size,
		members: [...(await pairs(file, "members"))].map(([id, json]) => parseMember(file.path, id, json)),
		removedMembers: [...removed.keys()].map((id) => memberId(file.path, id)),
		clusterVersion: (await pairs(file, "cluster")).get("clusterVersion")?.toString(),
		storageVersion: meta.get("storageVersion")?.toString(),
	};
}

async function pairs(file: BoltFile, bucket: string): Promise<Map<string, Buffer>> {
	const all: LeafElement[] = [];
	for await (const elements of file.bucket(bucket)) {
		all.push(...elements);
	}
	return new Map(all.map(({ key, value }) => [key.toString(), Buffer.from(value)]));
}

function memberId(path: string, hex: string): bigint {
	if (!/^[0-9a-f]{1,16}$/.test(hex)) {
		throw snapshotInvalid(path, "a member's id is malformed");
	}
	return BigInt(`0x${hex}`);
}

function strings(value: unknown): string[] {
	return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function parseMember(path: string, id: string, json: Buffer): Member {
	let parsed: unknown;
	try {
		parsed = JSON.parse(json.toString());
	} catch (cause) {
		throw snapshotInvalid(path, `the entry of member ${id} is malformed`, cause);
	}
	if (typeof parsed !== "object" || parsed === null) {
		throw snapshotInvalid(path, `the entry of member ${id} is malformed`);
	}
	const { name, peerURLs, clientURLs, isLearner }: Record<string, unknown> = { ...parsed };
	return {
		id: memberId(path, id),
		name: typeof name === "string" ? name : "",
		peerURLs: strings(peerURLs),
		clientURLs: strings(clientURLs),
		isLearner: isLearner === true,
	};
}
