import type { ClusterView } from "../cluster/cluster-view.ts";
import { breachOf, describeBreach, describeHistory, parseHistory, type RecordedHistory } from "../cluster/history.ts";
import type { Goal } from "./goal.ts";
import type { Blocked, Wait } from "./step.ts";

/** What the unfinished run recorded that the cluster held: at its snapshot, and since. */
export function recordedByRun({ statefulSet: { record, name, namespace } }: ClusterView): readonly RecordedHistory[] {
	if (!record) {
		return [];
	}
	const history = record.history && parseHistory(record.history);
	const { snapshot } = record;
	const accept = `quorate abort sts/${name} -n ${namespace} --accept-history takes the run back from there; its own command with that flag continues it`;
	return [
		...(history ? [{ ...history, by: runBegun(record), accept }] : []),
		...(snapshot && /^\d+$/.test(snapshot.revision)
			? [{ revision: BigInt(snapshot.revision), by: "the snapshot of this scaling", accept }]
			: []),
	];
}

/** "the run begun 2026-11-30T09:00:00Z": which one it was. */
export const runBegun = ({ startedAt }: { startedAt: string }): string =>
	`the run begun ${startedAt.replace(/\.\d+/, "")}`;

/** The data is not that of the run's beginning, or less: the goal has to say that this is meant before anything is done to it. */
export const hasLostHistory = (view: ClusterView): boolean =>
	heldBack(view) !== undefined || isOther(view) !== undefined;

/** Nothing brings the former cluster back by waiting. */
export function otherCluster(view: ClusterView, goal: Goal): Blocked | undefined {
	const recorded = isOther(view);
	if (!recorded || goal.acceptHistory) {
		return undefined;
	}
	const leader = leaderOf(view);
	const now = { clusterId: view.etcd.clusterId, revision: leader?.status?.revision ?? 0n };
	return {
		reason: "OtherCluster",
		message: describeBreach("other-cluster", now, recorded),
		hint: `delete no pod, claim, volume or folder: the members' own data may still be on the nodes; if it was restored or replaced on purpose: ${recorded.accept}`,
	};
}

/**
 * The cluster is behind what its own run recorded: it began without its data, as pods do that come back on other nodes than their
 * folders. Whoever leaves now may have the last copy, so nobody does. A leader that has just started may have to read its log first.
 */
export function holdingLess(view: ClusterView): Wait | undefined {
	const recorded = heldBack(view);
	const leader = leaderOf(view);
	if (!recorded || !leader?.status) {
		return undefined;
	}
	const { name, namespace } = view.statefulSet;
	return {
		kind: "voters-healthy",
		reason: `${leader.name} leads at revision ${leader.status.revision}, but ${recorded.by} has ${describeHistory(recorded)}: keys are gone, or not applied yet`,
		hint: `delete no claim, volume or folder; see whether the pods are on the nodes that have their folders: kubectl get pods -n ${namespace} -o wide; if the data is lost: quorate snapshot restore FILE sts/${name} -n ${namespace} --runbook; if it was replaced on purpose: ${recorded.accept}`,
	};
}

const leaderOf = ({ etcd }: ClusterView) => etcd.members.find(({ id }) => id === etcd.leader);

const isOther = (view: ClusterView): RecordedHistory | undefined =>
	recordedByRun(view).find(
		(recorded) => breachOf({ clusterId: view.etcd.clusterId, revision: recorded.revision }, recorded) !== undefined,
	);

/** The furthest of what was recorded, where the leader is behind it. */
function heldBack(view: ClusterView): RecordedHistory | undefined {
	const revision = leaderOf(view)?.status?.revision;
	if (revision === undefined) {
		return undefined;
	}
	return recordedByRun(view)
		.filter((recorded) => revision < recorded.revision)
		.sort((a, b) => (a.revision < b.revision ? 1 : -1))[0];
}
