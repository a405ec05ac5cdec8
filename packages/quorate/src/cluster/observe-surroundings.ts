import { EtcdError } from "../etcd/member-client.ts";
import { compareHashes } from "../proof/compare-hashes.ts";
import { CAUGHT_UP_LAG, type ClusterView, podOf, voters } from "./cluster-view.ts";
import type { ClusterAccess } from "./observe.ts";
import { readRelease } from "./surroundings/helm.ts";
import { readBudgets, readPools } from "./surroundings/kubernetes.ts";
import { readVolumes } from "./surroundings/mayastor.ts";
import { readMetrics } from "./surroundings/metrics.ts";
import { type HashesView, type MetricsView, type Seen, type Surroundings, seen, unseen } from "./surroundings.ts";

type Options = { signal?: AbortSignal };

/** Milliseconds that a member may take to say how it is. */
const STATUS_TIMEOUT = 3000;

/** Bytes that a member hashes in about a quarter of a second, in which it takes no write. */
const QUICKLY_HASHED = 500_000_000n;

/** Looks at all that the view has not, and writes nothing. What cannot be seen says why; it is no failure. */
export async function observeSurroundings(
	cluster: ClusterAccess,
	view: ClusterView,
	options: Options = {},
): Promise<Surroundings> {
	const [budgets, release, pools, replicas, hashes, metrics] = await Promise.all([
		readBudgets(cluster, view, options),
		readRelease(cluster, view.statefulSet, options),
		readPools(cluster, options),
		mayastorVolumes(cluster, view, options),
		hashesOf(cluster, view, options),
		metricsOf(cluster, view, options),
	]);
	// last, so that some time has passed
	const later = await leaderNow(cluster, view, options);
	return { budgets, release, pools, replicas, hashes, metrics, later };
}

/**
 * Compares the voters by etcd's own hash, before anything is changed. A member takes no write while it reads its store for that, so where
 * that would take more than about a quarter of a second the proof after the first change has to do.
 */
export async function hashesBefore(cluster: ClusterAccess, view: ClusterView, options: Options) {
	const large = voters(view).find(({ status }) => status && status.dbSize > QUICKLY_HASHED);
	return large
		? unseen(`the database of ${large.name} is large, and hashing it stops writes; see quorate validate`)
		: hashesOf(cluster, view, options);
}

async function hashesOf(cluster: ClusterAccess, view: ClusterView, options: Options): Promise<Seen<HashesView>> {
	if (view.etcd.trouble) return unseen(view.etcd.trouble);
	const all = voters(view);
	const bad = all.find(({ lag }) => lag === undefined || lag > CAUGHT_UP_LAG);
	if (bad) return unseen(`${bad.name || "a member"} does not answer, or has not caught up`);
	const members = all.flatMap((member) => {
		const pod = podOf(view, member);
		return pod ? [{ name: member.name, client: cluster.members.to(pod) }] : [];
	});
	if (members.length < all.length) return unseen("a member is no pod of the StatefulSet");
	try {
		return seen(await compareHashes(members, options));
	} catch (error) {
		options.signal?.throwIfAborted();
		return unseen(error instanceof Error ? error.message : String(error));
	}
}

async function metricsOf(
	cluster: ClusterAccess,
	view: ClusterView,
	options: Options,
): Promise<Map<string, Seen<MetricsView>>> {
	const told = view.pods
		.filter((pod) => pod.running)
		.map(async (pod) => {
			const tls = cluster.found.access.tls?.(pod);
			return [pod.name, await readMetrics(() => cluster.dial(pod.name), tls, options)] as const;
		});
	return new Map(await Promise.all(told));
}

/** A voter that answers, the leader where it can be. */
function podToAsk(view: ClusterView): ReturnType<typeof podOf> {
	const answering = voters(view).filter((member) => member.status && podOf(view, member));
	const member = answering.find(({ id }) => id === view.etcd.leader) ?? answering[0];
	return member && podOf(view, member);
}

async function leaderNow(cluster: ClusterAccess, view: ClusterView, options: Options): Promise<Surroundings["later"]> {
	const pod = podToAsk(view);
	if (!pod) return unseen("no voter answers");
	try {
		const { leader, raftTerm } = await cluster.members.to(pod).status({ ...options, timeoutMs: STATUS_TIMEOUT });
		return seen({ leader, term: raftTerm });
	} catch (error) {
		options.signal?.throwIfAborted();
		if (!(error instanceof EtcdError)) throw error;
		return unseen(error.message);
	}
}

async function mayastorVolumes(
	cluster: ClusterAccess,
	view: ClusterView,
	options: Options,
): Promise<Surroundings["replicas"]> {
	const pod = podToAsk(view);
	return pod ? readVolumes(cluster.members.to(pod), options) : unseen("no voter answers");
}
