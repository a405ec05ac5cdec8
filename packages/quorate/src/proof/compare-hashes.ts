import type { HashKV } from "../etcd/member-client.ts";
import { MovedOn, withAttempts } from "./attempts.ts";
import { callOptions, type ProofMember, type ProofOptions } from "./proof-member.ts";

export interface HashComparison {
	/** the revision that all hashes were taken at */
	revision: bigint;
	/** the same on all; -1n or 0n: never compacted */
	compactRevision: bigint;
	/** by member name: CRC32C over all of the store's history that is left, up to the revision */
	hashes: Readonly<Record<string, number>>;
	equal: boolean;
}

/**
 * etcd's own hash of each member's store, at one revision that all have applied and none has compacted. Learners refuse
 * it: give voters only.
 * @throws QuorateError MemberUnreachable, EtcdRefused, TimedOut, Stopped
 */
export function compareHashes(members: readonly ProofMember[], options: ProofOptions = {}): Promise<HashComparison> {
	return withAttempts("comparing the members' hashes", options.signal, () => hashesOnce(members, options));
}

/** One try. Throws what `withAttempts` takes for a reason to try again. */
export async function hashesOnce(members: readonly ProofMember[], options: ProofOptions): Promise<HashComparison> {
	// Asked for the newest, a member always reads its store, and tells truly what it has compacted. Asked for a revision
	// that it compacted to, it may refuse, or answer what it remembers from then.
	const newest = await hashAll(members, 0n, options);
	const revisions = newest.map(({ revision }) => revision).sort((a, b) => (a < b ? -1 : 1));
	const pinned = revisions[0] ?? 0n;
	if (agree(newest, "revision") && agree(newest, "compactRevision")) {
		return comparison(members, pinned, newest);
	}
	if (newest.some(({ compactRevision }) => compactRevision >= pinned)) {
		throw new MovedOn(`revision ${pinned} was compacted`);
	}
	const answers = await hashAll(members, pinned, options);
	if (!agree(answers, "compactRevision")) {
		throw new MovedOn("the members have not compacted alike yet");
	}
	return comparison(members, pinned, answers);
}

function comparison(members: readonly ProofMember[], revision: bigint, answers: readonly HashKV[]): HashComparison {
	return {
		revision,
		compactRevision: answers[0]?.compactRevision ?? 0n,
		hashes: Object.fromEntries(members.map(({ name }, i) => [name, answers[i]?.hash ?? Number.NaN])),
		equal: answers.every(({ hash }) => hash === answers[0]?.hash),
	};
}

function agree(answers: readonly HashKV[], field: "revision" | "compactRevision"): boolean {
	return answers.every((answer) => answer[field] === answers[0]?.[field]);
}

function hashAll(members: readonly ProofMember[], revision: bigint, options: ProofOptions): Promise<HashKV[]> {
	return Promise.all(members.map(({ client }) => client.hashKV(revision, callOptions(options))));
}
