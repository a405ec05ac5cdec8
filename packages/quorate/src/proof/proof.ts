import { describeBreach, type HistoryBreach } from "../cluster/history.ts";
import { QuorateError } from "../errors.ts";
import type { SnapshotHeld } from "./explain-missing.ts";
import type { KeyDifference } from "./key-difference.ts";
import { keyText } from "./proof-member.ts";
import type { HistoryFound } from "./recorded-histories.ts";

export interface ProvedMember {
	id: bigint;
	name: string;
	isLearner: boolean;
	/** etcd's hash of its store; undefined: a learner, which is compared key by key only */
	hash: number | undefined;
}

/** Evidence that members hold the same keyspace, and what became of what was recorded of it and of a snapshot's keys. `JSON.stringify` takes it. */
export interface Proof {
	/** hashes and every key are the same on all */
	equal: boolean;
	clusterId: bigint;
	/** the revision at which all was compared */
	revision: bigint;
	compactRevision: bigint;
	keys: number;
	/** read of each member, as etcd encodes keys: without the values where these were compared by hash */
	bytes: number;
	/** how values were compared */
	values: "by hash" | "byte for byte";
	members: readonly ProvedMember[];
	/** keys that differ, and the first 20 of them */
	differing: number;
	differences: readonly KeyDifference[];
	/** what was recorded of the cluster before, and how its members stand to it */
	recorded: readonly HistoryFound[];
	snapshot?: SnapshotHeld & { path: string; revision: bigint; keys: number };
	toJSON(): ProofJSON;
}

/** A {@link Proof} in JSON: uint64 and revisions as decimal strings, keys as text (in hex where they are none). */
export interface ProofJSON {
	equal: boolean;
	/** in hex, as etcdctl prints it */
	clusterId: string;
	revision: string;
	compactRevision: string;
	keys: number;
	bytes: number;
	values: "by hash" | "byte for byte";
	members: { id: string; name: string; isLearner: boolean; hash: number | null }[];
	differing: number;
	differences: { kind: string; key: string; members: readonly string[] }[];
	recorded: RecordedJSON[];
	snapshot?: SnapshotHeld & { path: string; revision: string; keys: number };
}

export interface RecordedJSON {
	by: string;
	clusterId: string | null;
	revision: string;
	keys: number | null;
	/** counted at that revision in the members' history; null: it is compacted */
	keysThen: number | null;
	breach: HistoryBreach | null;
}

export function proofOf(facts: Omit<Proof, "toJSON">): Proof {
	return { ...facts, toJSON: () => proofJSON(facts) };
}

function proofJSON(proof: Omit<Proof, "toJSON">): ProofJSON {
	const { equal, clusterId, revision, compactRevision, keys, bytes, values, differing, recorded, snapshot } = proof;
	return {
		equal,
		clusterId: clusterId.toString(16),
		revision: String(revision),
		compactRevision: String(compactRevision),
		keys,
		bytes,
		values,
		members: proof.members.map(({ id, hash, ...rest }) => ({ id: String(id), ...rest, hash: hash ?? null })),
		differing,
		differences: proof.differences.map(({ key, ...rest }) => ({ ...rest, key: keyText(key) })),
		recorded: recorded.map((one) => ({
			by: one.by,
			clusterId: one.clusterId?.toString(16) ?? null,
			revision: String(one.revision),
			keys: one.keys ?? null,
			keysThen: one.keysThen ?? null,
			breach: one.breach ?? null,
		})),
		...(snapshot ? { snapshot: { ...snapshot, revision: String(snapshot.revision) } } : {}),
	};
}

/**
 * Passes only where all members hold the same, it follows from what was recorded of the cluster, and nothing of the snapshot is gone without a
 * reason.
 * @throws QuorateError HistoryLost, KeyspaceDiffers
 */
export function assertProof(proof: Proof): void {
	assertHistory(proof);
	const found = [...differences(proof), ...losses(proof)];
	if (found.length > 0) {
		throw new QuorateError("KeyspaceDiffers", {
			operation: `comparing ${proof.members.map(({ name }) => name).join(", ")} at revision ${proof.revision}`,
			message: found.join("; "),
			state: "nothing was changed by the comparison",
			hint: "do not add, remove or restart members now; keep the snapshot, and look at each member by itself (quorate validate)",
		});
	}
}

/** Whether {@link assertProof} passes. */
export const isGood = (proof: Proof): boolean =>
	differences(proof).length === 0 &&
	losses(proof).length === 0 &&
	proof.recorded.every(({ breach }) => breach === undefined);

function assertHistory(proof: Proof): void {
	const lost = proof.recorded.filter(({ breach }) => breach !== undefined);
	if (lost.length === 0) {
		return;
	}
	const accept = lost.find((one) => one.accept)?.accept;
	throw new QuorateError("HistoryLost", {
		operation: `comparing ${proof.members.map(({ name }) => name).join(", ")} with what was recorded`,
		message: lost.flatMap((one) => (one.breach ? [describeBreach(one.breach, proof, one)] : [])).join("; "),
		state: "nothing was changed by the comparison",
		hint: `delete no pod, claim, volume or folder now: one of them may hold the data; look for it on the nodes and in snapshots${accept ? `; if the data was restored or replaced on purpose: ${accept}` : ""}`,
	});
}

function differences({ equal, differing, differences: told, members }: Proof): string[] {
	if (equal) {
		return [];
	}
	if (differing === 0) {
		const hashes = members.map(({ name, hash }) => `${name} ${hash ?? "-"}`).join(", ");
		return [`the members' hashes differ (${hashes}), though all live keys are the same: their histories differ`];
	}
	const some = told.slice(0, 3).map(({ kind, key, members: who }) => `${keyText(key)} (${kind} on ${who.join(", ")})`);
	return [`${differing} keys differ, such as ${some.join(", ")}`];
}

function losses({ snapshot }: Proof): string[] {
	if (!snapshot || snapshot.unexplained === 0) {
		return [];
	}
	return [
		`${snapshot.unexplained} keys do not follow from the snapshot, such as ${snapshot.examples.slice(0, 3).join(", ")}`,
	];
}
