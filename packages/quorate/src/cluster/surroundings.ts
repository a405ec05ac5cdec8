/** Something that can perhaps not be seen: no right, no such kind, no answer. */
export type Seen<T> = { readonly seen: T } | { readonly unseen: string };

/** What speaks for or against a cluster beside the cluster itself, as it was at one moment. Never changed, only read anew. */
export interface Surroundings {
	/** PodDisruptionBudgets that select the members' pods */
	readonly budgets: Seen<readonly BudgetView[]>;
	/** what Helm rendered last, where a release of Helm's manages the StatefulSet */
	readonly release: Seen<ReleaseView>;
	/** DiskPools of Mayastor, in the StatefulSet's namespace */
	readonly pools: Seen<readonly PoolView[]>;
	/** Mayastor's volumes, as it keeps them in this etcd */
	readonly replicas: Seen<VolumesHealth>;
	/** of the voters, at one revision */
	readonly hashes: Seen<HashesView>;
	/** by pod, of those that run */
	readonly metrics: ReadonlyMap<string, Seen<MetricsView>>;
	/** the leader and its term a moment after the view was taken */
	readonly later: Seen<{ readonly leader: bigint; readonly term: bigint }>;
}

export interface BudgetView {
	readonly name: string;
	/** a count or a percentage, as it stands there */
	readonly minAvailable: string | undefined;
	readonly maxUnavailable: string | undefined;
}

export interface ReleaseView {
	/** of the StatefulSet; undefined: the chart does not render it */
	readonly replicas: number | undefined;
	/** the value that makes it so, as far as can be told: `etcd.replicaCount` */
	readonly value: string | undefined;
}

export interface PoolView {
	readonly name: string;
	readonly node: string;
	/** `Online`, `Degraded`, `Faulted`, `Unknown` */
	readonly status: string;
}

export interface VolumesHealth {
	readonly volumes: number;
	/** uuids of those with a replica that is faulted or being rebuilt */
	readonly degraded: readonly string[];
}

export interface HashesView {
	readonly revision: bigint;
	/** by member name */
	readonly hashes: Readonly<Record<string, number>>;
	readonly equal: boolean;
}

/** What one member tells at /metrics, since it started. Seconds; undefined: it does not tell, or nothing was measured yet. */
export interface MetricsView {
	/** 99th percentiles */
	readonly walFsync: number | undefined;
	readonly backendCommit: number | undefined;
	/** to the peer that is slowest to answer */
	readonly peerRoundTrip: number | undefined;
	readonly leaderChanges: number | undefined;
	readonly uptime: number | undefined;
	/** its clock less ours, in milliseconds, told to the second */
	readonly clockAhead: number | undefined;
}

export const seen = <T>(what: T): Seen<T> => ({ seen: what });

export const unseen = (why: string): { readonly unseen: string } => ({ unseen: why });
