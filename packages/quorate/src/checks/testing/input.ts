import type { ClusterView, MemberView } from "../../cluster/cluster-view.ts";
import { PLAIN } from "../../cluster/security-view.ts";
import { type MetricsView, type Surroundings, seen, unseen } from "../../cluster/surroundings.ts";
import { healthyView } from "../../scaling/testing/views.ts";
import type { CheckInput } from "../check.ts";

/** A healthy cluster that is to stay as it is, but for what is given. */
export function inputOf(given: Partial<CheckInput> = {}): CheckInput {
	const view = given.view ?? healthyView();
	return {
		view,
		goal: { replicas: view.statefulSet.replicas, snapshot: true },
		security: PLAIN,
		missingRights: [],
		force: false,
		...given,
	};
}

/** The healthy view with another StatefulSet. */
export const withSet = (
	change: Partial<ClusterView["statefulSet"]>,
	view: ClusterView = healthyView(),
): ClusterView => ({
	...view,
	statefulSet: { ...view.statefulSet, ...change },
});

/** The healthy view with that member changed; by its place from 0 on. */
export function withMember(index: number, change: Partial<MemberView>, view: ClusterView = healthyView()): ClusterView {
	const members = view.etcd.members.map((member, at) => (at === index ? { ...member, ...change } : member));
	return { ...view, etcd: { ...view.etcd, members } };
}

/** All is well, but for what is given. */
export function surroundingsOf(given: Partial<Surroundings> = {}): Surroundings {
	return {
		budgets: seen([{ name: "etcd", minAvailable: "51%", maxUnavailable: undefined }]),
		release: unseen("no release of Helm's manages the StatefulSet"),
		pools: seen([{ name: "pool-0", node: "node-1", status: "Online" }]),
		replicas: seen({ volumes: 5, degraded: [] }),
		hashes: seen({ revision: 7n, hashes: { "etcd-0": 1, "etcd-1": 1 }, equal: true }),
		metrics: new Map([
			["etcd-0", seen(metricsOf())],
			["etcd-1", seen(metricsOf())],
		]),
		later: seen({ leader: 101n, term: 3n }),
		...given,
	};
}

export const metricsOf = (given: Partial<MetricsView> = {}): MetricsView => ({
	walFsync: 0.002,
	backendCommit: 0.004,
	peerRoundTrip: 0.001,
	leaderChanges: 1,
	uptime: 7200,
	clockAhead: 100,
	...given,
});
