import type { ClusterView } from "./cluster-view.ts";

/** What a cluster held at one moment. Its id stays, and its revision never falls, for as long as its data is the same. */
export interface History {
	readonly clusterId: bigint;
	readonly revision: bigint;
	/** live keys at that revision, where they were counted */
	readonly keys?: number;
}

/** What an operation recorded, which the cluster may not fall behind. */
export interface RecordedHistory extends Partial<History> {
	readonly revision: bigint;
	/** what recorded it, and when: "quorate validate on 2026-11-30T09:00:00Z" */
	readonly by: string;
	/** the command that accepts what is there now instead; absent: nothing does */
	readonly accept?: string;
}

/**
 * `other-cluster`: the cluster has another id. `behind`: its revision is lower. `other-keys`: at the recorded revision it holds another number
 * of keys. Each means that the recorded data is gone or was replaced.
 */
export type HistoryBreach = "other-cluster" | "behind" | "other-keys";

/** How what is there contradicts what was recorded; undefined: it may have followed from it. */
export function breachOf(
	now: Pick<History, "clusterId" | "revision">,
	recorded: Pick<RecordedHistory, "clusterId" | "revision">,
): Exclude<HistoryBreach, "other-keys"> | undefined {
	if (recorded.clusterId !== undefined && recorded.clusterId !== now.clusterId) {
		return "other-cluster";
	}
	return now.revision < recorded.revision ? "behind" : undefined;
}

/** What the members hold, by the one that is furthest; undefined: none that can be believed answers. */
export function historyOf({ etcd }: ClusterView): History | undefined {
	const revisions = etcd.members.flatMap(({ status }) => (status ? [status.revision] : []));
	if (etcd.trouble !== undefined || revisions.length === 0) {
		return undefined;
	}
	return { clusterId: etcd.clusterId, revision: revisions.reduce((most, one) => (one > most ? one : most)) };
}

/** How a history is written down: ids in hex, as etcdctl prints them. */
export interface HistoryJSON {
	readonly clusterId: string;
	readonly revision: string;
	readonly keys?: number;
}

export const historyJSON = ({ clusterId, revision, keys }: History): HistoryJSON => ({
	clusterId: clusterId.toString(16),
	revision: String(revision),
	...(keys === undefined ? {} : { keys }),
});

/** Undefined: it is not what {@link historyJSON} writes. */
export function parseHistory({ clusterId, revision, keys }: HistoryJSON): History | undefined {
	if (!/^[0-9a-f]{1,16}$/.test(clusterId) || !/^\d{1,19}$/.test(revision)) {
		return undefined;
	}
	return { clusterId: BigInt(`0x${clusterId}`), revision: BigInt(revision), ...(keys === undefined ? {} : { keys }) };
}

/** `cluster 7b, 1177 keys at revision 2350` */
export function describeHistory({ clusterId, revision, keys }: Partial<History> & { revision: bigint }): string {
	const id = clusterId === undefined ? "" : `cluster ${clusterId.toString(16)}, `;
	const count = keys === undefined ? "" : `${keys} ${keys === 1 ? "key" : "keys"} at `;
	return `${id}${count}revision ${revision}`;
}

/** What happened to the recorded data, as a sentence without its full stop, with both sides named. */
export function describeBreach(breach: HistoryBreach, now: History, recorded: RecordedHistory): string {
	const was = `${recorded.by} recorded ${describeHistory(recorded)}`;
	const is = `now it is ${describeHistory(now)}`;
	switch (breach) {
		case "other-cluster":
			return `this is another cluster: ${was}; ${is}`;
		case "behind":
			return `data was lost: ${was}; ${is}`;
		case "other-keys":
			return `the history was replaced: ${was}, of which the members know nothing; ${is}`;
	}
}
