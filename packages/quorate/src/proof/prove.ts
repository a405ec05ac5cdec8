import { type LoadedSnapshot, readSnapshot } from "../etcd/snapshot/read.ts";
import { withAttempts } from "./attempts.ts";
import { hashesOnce } from "./compare-hashes.ts";
import { explainMissing, type SnapshotHeld } from "./explain-missing.ts";
import { type Proof, proofOf } from "./proof.ts";
import type { ProofMember, ProofOptions } from "./proof-member.ts";
import { SnapshotKeysSeen } from "./snapshot-keys-seen.ts";
import { walkKeyspaces } from "./walk-keyspaces.ts";

export interface ProveOptions extends ProofOptions {
	/** a snapshot of the same cluster: a file, or one that was read already. @default none */
	snapshot?: string | LoadedSnapshot;
	/** each value is compared byte for byte, though the members' hashes agree. @default false */
	values?: boolean;
	onProgress?: (progress: { keys: number; bytes: number }) => void;
}

/**
 * Compares hashes of all voters, every key of all members, and both with the snapshot, at one revision. Values are compared by the hashes;
 * byte for byte where these differ, and where a learner has none. What it finds is in the answer, good or bad; see assertProof. At least
 * one voter is needed.
 * @throws QuorateError SnapshotInvalid, MemberUnreachable, EtcdRefused, TimedOut, Stopped
 */
export async function prove(
	members: readonly (ProofMember & { id: bigint; isLearner?: boolean })[],
	{ snapshot, values = false, ...options }: ProveOptions = {},
): Promise<Proof> {
	const { signal } = options;
	const loaded = typeof snapshot === "string" ? await readSnapshot(snapshot, signal ? { signal } : {}) : snapshot;
	const voters = members.filter(({ isLearner }) => !isLearner);
	const learners = members.filter(({ isLearner }) => isLearner);
	const [first] = voters;
	if (!first) {
		throw new RangeError("a proof needs at least one voter");
	}
	return withAttempts("comparing the members' keyspaces", signal, async () => {
		const hashes = await hashesOnce(voters, options, loaded?.index.revision);
		const { revision, compactRevision } = hashes;
		const seen = loaded && new SnapshotKeysSeen(loaded.index);
		// the values are in the hashes, which a learner does not tell
		const keysOnly = !values && hashes.equal && learners.length === 0;
		const keyspace = await walkKeyspaces([...voters, ...learners], revision, {
			...options,
			keysOnly,
			...(seen ? { visit: seen.visit.bind(seen) } : {}),
		});
		const { keys, bytes, differing, differences } = keyspace;
		const held = loaded && seen && (await explainMissing(loaded, seen, first, options));
		return proofOf({
			equal: hashes.equal && keyspace.equal,
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
			...(loaded && held ? { snapshot: ofSnapshot(loaded, held) } : {}),
		});
	});
}

function ofSnapshot({ info }: LoadedSnapshot, held: SnapshotHeld) {
	return { path: info.path, revision: info.revision, keys: info.keys, ...held };
}
