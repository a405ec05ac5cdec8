/**
 * Quorate as a library: open a cluster, look at it, plan, scale, prove.
 *
 * @example
 * const cluster = await openCluster({ namespace: "mayastor" });
 * for await (const event of cluster.scale({ replicas: 5 })) console.log(event.type);
 * cluster.close();
 */
export type { CheckResult, CheckStatus } from "./checks/check.ts";
export type {
	ClaimView,
	ClusterView,
	EtcdView,
	MemberView,
	NodeView,
	PodView,
	StatefulSetView,
	StorageView,
	VolumeView,
} from "./cluster/cluster-view.ts";
export { HistoryStore } from "./cluster/history-store.ts";
export type { EtcdAccess } from "./cluster/member-connections.ts";
export { Cluster, listClusters, type OpenOptions, openCluster, type RunOptions } from "./cluster-session.ts";
export { ERRORS, type ErrorCode, EXIT, QuorateError } from "./errors.ts";
export { connectMember } from "./etcd/connect.ts";
export { EtcdError, type EtcdFailure, type MemberClient, type MemberClientOptions } from "./etcd/member-client.ts";
export type { SavedSnapshot } from "./etcd/snapshot/save.ts";
export type { Progress } from "./progress.ts";
export type { Proof, ProofJSON } from "./proof/proof.ts";
export type { ScaleEvent, ScaleResult } from "./scaling/events.ts";
export type { ScaleOptions } from "./scaling/options.ts";
export type { Plan, PlannedStep } from "./scaling/plan.ts";
export type { Planned } from "./scaling/plan-changed.ts";
export type { Blocked, NewVolume, Step, StepKind, Wait } from "./scaling/step.ts";
