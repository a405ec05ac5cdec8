import { EtcdError } from "../etcd/member-client.ts";
import { findSnapshotKeys, type LoadedSnapshot } from "../etcd/snapshot/read.ts";
import { callOptions, keyText, type ProofMember, type ProofOptions } from "./proof-member.ts";
import { SnapshotKeysSeen } from "./snapshot-keys-seen.ts";
import { walkKeyspaces } from "./walk-keyspaces.ts";

const KEYS_TOLD = 20;

/** What became of the keys that a snapshot held. */
export interface SnapshotHeld {
	/** still there */
	held: number;
	/** deleted since: the store's history shows that they were there after the snapshot was taken */
	deletedSince: number;
	/** of the first 20 of these, those that were bound to a lease that has ended, which deletes its keys */
	leaseEnded: number;
	/** gone, changed, or there from before the snapshot without being in it, and the history shows nothing that did it */
	unexplained: number;
	/** gone, and the history that would tell why was compacted since; all voters agree */
	undecidable: number;
	/** names of the first unexplained and undecidable ones, at most 20 */
	examples: readonly string[];
}

/**
 * Looks for the keys that were found missing in the same member's store as it was at the snapshot's: what is
 * there was deleted in between, for etcd ends a key only by a deletion in its history. Where that part of the history
 * is compacted, the oldest revision that is left has to do.
 */
export async function explainMissing(
	snapshot: LoadedSnapshot,
	seen: SnapshotKeysSeen,
	member: ProofMember,
	options: ProofOptions,
): Promise<SnapshotHeld> {
	const { index, info } = snapshot;
	const then = new SnapshotKeysSeen(index);
	const deleted: Uint8Array[] = [];
	const complete = seen.missing === 0 || (await walkHistory(member, seen, then, index.revision, deleted, options));
	const gone = seen.missing - then.held - then.changed;
	const isGone = (key: Uint8Array) => seen.isMissing(key) && then.isMissing(key);
	const names = gone === 0 ? [] : await findSnapshotKeys(info.path, isGone, KEYS_TOLD, options.signal);
	return {
		held: seen.held,
		deletedSince: then.held,
		leaseEnded: await countLeaseEnded(member, deleted, index.revision, options),
		unexplained: seen.changed + seen.foreign + then.changed + (complete ? gone : 0),
		undecidable: complete ? 0 : gone,
		examples: [...seen.examples, ...then.examples, ...names].slice(0, KEYS_TOLD).map(keyText),
	};
}

/** @returns whether the history reached back to the snapshot */
async function walkHistory(
	member: ProofMember,
	seen: SnapshotKeysSeen,
	then: SnapshotKeysSeen,
	snapshotRevision: bigint,
	deleted: Uint8Array[],
	options: ProofOptions,
): Promise<boolean> {
	const visit = (key: Uint8Array, modRevision: number) => {
		if (seen.isMissing(key)) {
			const before = then.held;
			then.visit(key, modRevision);
			if (then.held > before && deleted.length < KEYS_TOLD) {
				deleted.push(Uint8Array.from(key));
			}
		}
	};
	const walk = (revision: bigint) => walkKeyspaces([member], revision, { ...options, keysOnly: true, visit });
	try {
		await walk(snapshotRevision);
		return true;
	} catch (error) {
		if (!(error instanceof EtcdError && error.failure === "Compacted")) {
			throw error;
		}
	}
	const { compactRevision } = await member.client.hashKV(0n, callOptions(options));
	await walk(compactRevision);
	return false;
}

/** A lease that has ended has deleted what was bound to it; what the keys were bound to is in the history as far as that reaches. */
async function countLeaseEnded(
	{ client }: ProofMember,
	keys: readonly Uint8Array[],
	revision: bigint,
	options: ProofOptions,
): Promise<number> {
	const ended = await Promise.all(
		keys.map(async (key) => {
			try {
				// etcd 3.7 leaves the lease out of keys without values
				const { kvs } = await client.range({ key, revision, serializable: true }, callOptions(options));
				const lease = kvs[0]?.lease ?? 0n;
				return lease !== 0n && !(await client.leaseExists(lease, callOptions(options)));
			} catch (error) {
				// not known, and so not claimed
				if (error instanceof EtcdError) {
					return false;
				}
				throw error;
			}
		}),
	);
	return ended.filter(Boolean).length;
}
