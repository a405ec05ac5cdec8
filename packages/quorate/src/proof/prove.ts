import type { RecordedHistory } from "../cluster/history.ts";
import { type LoadedSnapshot, readSnapshot } from "../etcd/snapshot/read.ts";
import { MovedOn, withAttempts } from "./attempts.ts";
import { hashesOnce } from "./compare-hashes.ts";
import { explainMissing, type SnapshotHeld } from "./explain-missing.ts";
import { type Proof, proofOf } from "./proof.ts";
import { callOptions, type ProofMember, type ProofOptions } from "./proof-member.ts";
import { compareHistories } from "./recorded-histories.ts";
import { SnapshotKeysSeen } from "./snapshot-keys-seen.ts";
import { walkKeyspaces } from "./walk-keyspaces.ts";

export interface ProveOptions extends ProofOptions {
	/** a snapshot of the same cluster: a file, or one that was read already. @default none */
	snapshot?: string | LoadedSnapshot;
	/** what was recorded of the same cluster before. @default nothing */
	recorded?: readonly RecordedHistory[];
	/** each value is compared byte for byte, though the members' hashes agree. @default false */
	values?: boolean;
	onProgress?: (progress: { keys: number; bytes: number }) => void;
}

/** A member that has just started may have to read its log first: so many tries it may be behind what was recorded. */
const TRIES_BEHIND = 4;

/**
 * Compares hashes of all voters, every key of all members, and both with the snapshot, at one revision. Values are compared by the hashes;
 * byte for byte where these differ, and where a learner has none. Members that are behind what was recorded are found so; the snapshot is then
 * not compared key by key. What it finds is in the answer, good or bad; see assertProof. At least
 * one voter is needed.
 * @throws QuorateError SnapshotInvalid, MemberUnreachable, EtcdRefused, TimedOut, Stopped
 */
export async function prove(
	members: readonly (ProofMember & { id: bigint; isLearner?: boolean })[],
	{ snapshot, recorded = [], values = false, ...options }: ProveOptions = {},
): Promise<Proof> {
	const { signal } = options;
	const loaded = typeof snapshot === "string" ? await readSnapshot(snapshot, signal ? { signal } : {}) : snapshot;
	const voters = members.filter(({ isLearner }) => !isLearner);
	const learners = members.filter(({ isLearner }) => isLearner);
	const [first] = voters;
	if (!first) {
		throw new RangeError("a proof needs at least one voter");
	}
	const known = [...recorded, ...(loaded ? [historyOfSnapshot(loaded)] : [])];
	const newest = known.reduce((most, { revision }) => (revision > most ? revision : most), 0n);
	let tries = 0;
	return withAttempts("comparing the members' keyspaces", signal, async () => {
		tries++;
		const [hashes, { clusterId }] = await Promise.all([
			hashesOnce(voters, options),
			first.client.status(callOptions(options)),
		]);
		const { revision, compactRevision } = hashes;
		if (revision < newest && tries < TRIES_BEHIND) {
			throw new MovedOn(`a member is at revision ${revision}, behind ${newest}`);
		}
		const histories = await compareHistories(known, { clusterId, revision }, first, options);
		// a snapshot is counted as all else that was recorded, and shown apart
		const snapshotBreach = loaded ? histories.pop() : undefined;
		const compared = snapshotBreach?.breach === "behind" ? undefined : loaded;
		const seen = compared && new SnapshotKeysSeen(compared.index);
		// the values are in the hashes, which a learner does not tell
		const keysOnly = !values && hashes.equal && learners.length === 0;
		const keyspace = await walkKeyspaces([...voters, ...learners], revision, {
			...options,
			keysOnly,
			...(seen ? { visit: seen.visit.bind(seen) } : {}),
		});
		const { keys, bytes, differing, differences } = keyspace;
		const held = compared && seen && (await explainMissing(compared, seen, first, options));
		return proofOf({
			equal: hashes.equal && keyspace.equal,
			clusterId,
			revision,
			compactRevision,
			keys,
			bytes,
			values: keysOnly ? "by hash" : "byte for byte",
			members: members.map(({ id, name, isLearner = false }) => {
				return { id, name, isLearner, hash: isLearner ? undefined : hashes.hashes[name] };
			}),
			differing,
			differences,
			recorded: [...histories, ...(snapshotBreach?.breach === "behind" ? [snapshotBreach] : [])],
			...(compared && held ? { snapshot: ofSnapshot(compared, held) } : {}),
		});
	});
}

/** Its keys are compared one by one; their number says nothing more. */
const historyOfSnapshot = ({ info }: LoadedSnapshot): RecordedHistory => ({
	revision: info.revision,
	by: `snapshot ${info.path}`,
});

function ofSnapshot({ info }: LoadedSnapshot, held: SnapshotHeld) {
	return { path: info.path, revision: info.revision, keys: info.keys, ...held };
}
