import { breachOf, type HistoryBreach, type RecordedHistory } from "../cluster/history.ts";
import { EtcdError } from "../etcd/member-client.ts";
import { callOptions, type ProofMember, type ProofOptions } from "./proof-member.ts";

const ALL = Uint8Array.of(0);

/** Something recorded, and how the members stand to it. */
export interface HistoryFound extends RecordedHistory {
	/** keys that the members hold at the recorded revision; undefined: that part of their history is compacted, or it was not asked for */
	readonly keysThen?: number;
	readonly breach?: HistoryBreach;
}

/**
 * Compares the members, found equal at `now`, with what was recorded of them. Where the recorded revision is not compacted yet, its keys are
 * counted in a member's own history, which shows whether it is the same one.
 */
export function compareHistories(
	recorded: readonly RecordedHistory[],
	now: { clusterId: bigint; revision: bigint },
	member: ProofMember,
	options: ProofOptions,
): Promise<HistoryFound[]> {
	return Promise.all(
		recorded.map(async (one): Promise<HistoryFound> => {
			const breach = breachOf(now, one);
			if (breach) {
				return { ...one, breach };
			}
			const keysThen = one.keys === undefined ? undefined : await countKeysAt(one.revision, member, options);
			if (keysThen === undefined) {
				return one;
			}
			return { ...one, keysThen, ...(keysThen === one.keys ? {} : { breach: "other-keys" }) };
		}),
	);
}

/** @returns undefined: that revision is compacted */
export async function countKeysAt(
	revision: bigint,
	{ client }: ProofMember,
	options: ProofOptions,
): Promise<number | undefined> {
	try {
		const request = { key: ALL, rangeEnd: ALL, revision, countOnly: true, serializable: true };
		return Number((await client.range(request, callOptions(options))).count);
	} catch (error) {
		if (error instanceof EtcdError && error.failure === "Compacted") {
			return undefined;
		}
		throw error;
	}
}
