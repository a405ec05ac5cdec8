import type { StatefulSetUpdateStrategy } from "kubernetes-types/apps/v1";
import type { PersistentVolumeSpec, PodTemplateSpec } from "kubernetes-types/core/v1";
import type { LabelSelector } from "kubernetes-types/meta/v1";
import type { Alarm, MemberStatus } from "../etcd/member-client.ts";
import type { EtcdContainer } from "./etcd-container.ts";
import type { ManagerView } from "./managed-by.ts";
import type { LeavingRecord, ScalingRecord } from "./scaling-record.ts";
import type { KnownObjects, PodFacts } from "./start/environment.ts";
import type { StopHook } from "./start/stop-hooks.ts";

/** One etcd cluster as it was seen at one moment: what Kubernetes says and what each member says of itself. Never changed, only read anew. */
export interface ClusterView {
	readonly statefulSet: StatefulSetView;
	/** by ordinal */
	readonly pods: readonly PodView[];
	readonly claims: readonly ClaimView[];
	/** all PersistentVolumes that are bound to, meant for, or fit this StatefulSet's claims */
	readonly volumes: readonly VolumeView[];
	/** pods of ours that look into or empty the volumes of members that leave */
	readonly cleaners: readonly CleanerView[];
	readonly hostFolders: readonly HostFolder[];
	/** one for each volumeClaimTemplate */
	readonly storage: readonly StorageView[];
	readonly nodes: readonly NodeView[];
	/** the template forbids two of these pods on one node */
	readonly oneNodeEach: boolean;
	/** whether the governing Service gives names to pods that are not Ready; a learner is never Ready */
	readonly publishesNotReadyAddresses: boolean;
	/** of the namespace; only where members are reached by other names than the governing Service's. Undefined: not read */
	readonly services?: readonly ServiceView[];
	readonly etcd: EtcdView;
	/** of the namespace; only where a member that is no pod of this StatefulSet has no pod. Undefined: not read */
	readonly otherSets?: readonly OtherSetView[];
	/** the file that the scaling record names can be read from here, and is the snapshot that was recorded */
	readonly snapshotReadable: boolean;
	/** what this user may not read, and why; these are then empty above. Only where looking on is asked for */
	readonly unread?: Unread;
}

export type Unread = Partial<Readonly<Record<"nodes" | "volumes" | "classes", string>>>;

export interface ServiceView {
	readonly name: string;
	readonly selector: Readonly<Record<string, string>>;
	/** it gives names to pods that are not Ready */
	readonly publishesNotReady: boolean;
}

/** A StatefulSet beside the one that is looked at. */
export interface OtherSetView {
	readonly namespace: string;
	readonly name: string;
	readonly replicas: number;
	readonly firstOrdinal: number;
}

export interface UpdateStrategyView {
	type: "RollingUpdate" | "OnDelete";
	/** @default 0 */
	partition: number;
}

export interface StatefulSetView {
	readonly namespace: string;
	readonly name: string;
	readonly uid: string;
	/** rises with every change of the spec, and with nothing else */
	readonly generation: number;
	readonly replicas: number;
	/** spec.ordinals.start */
	readonly firstOrdinal: number;
	readonly serviceName: string;
	/** persistentVolumeClaimRetentionPolicy.whenScaled is Delete: the controller deletes claims itself */
	readonly deletesClaims: boolean;
	readonly podManagementPolicy: "OrderedReady" | "Parallel";
	readonly updateStrategy: UpdateStrategyView;
	/** the same, as it stands in the object */
	readonly rawUpdateStrategy: StatefulSetUpdateStrategy;
	readonly template: PodTemplateSpec;
	/** the controller has seen the newest spec */
	readonly observed: boolean;
	readonly currentRevision: string;
	readonly updateRevision: string;
	readonly deleting: boolean;
	/** what an unfinished run wrote down; undefined: none is unfinished */
	readonly record: ScalingRecord | undefined;
	/** someone changed the template during the roll-out that is unfinished; the record has it as the one to roll out */
	readonly followsTemplate: boolean;
	/** what the template takes variables from. @default nothing was read */
	readonly objects?: KnownObjects;
	/** how etcd is started in these pods, as the template had it before any run of ours */
	readonly etcd: EtcdContainer;
	/** as it was found (`original`), a join profile of ours (`joining`), or changed by someone else while a run is unfinished (`foreign`) */
	readonly templateState: "original" | "joining" | "foreign";
	/** annotations that tell who else manages it, e.g. Helm's release name */
	readonly managedBy: string | undefined;
	/** the same one by one, with how that is known */
	readonly managers: readonly ManagerView[];
}

export interface PodView {
	readonly ordinal: number;
	readonly name: string;
	readonly uid: string;
	readonly phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
	readonly ready: boolean;
	readonly terminating: boolean;
	readonly node: string | undefined;
	/** name of the ControllerRevision that it was made from */
	readonly revision: string | undefined;
	readonly restarts: number;
	/** the etcd container runs */
	readonly running: boolean;
	/** it has ended more than once, and is not started again for some seconds (CrashLoopBackOff, 10 s or more) */
	readonly backingOff: boolean;
	/** why it is not running, in Kubernetes' own words */
	readonly trouble: string | undefined;
	/** what runs when it ends, and is not known to leave its member alone. @default none */
	readonly stopHooks?: readonly StopHook[];
	/** what its template can refer to. @default as the template makes it */
	readonly facts?: PodFacts;
}

/** A pod of the same namespace that is not of the StatefulSet. */
export interface OutsidePod {
	readonly name: string;
	readonly uid: string;
	readonly running: boolean;
	readonly node: string | undefined;
	/** as `StatefulSet/etcd-b` */
	readonly owner: string | undefined;
	/** @default unknown */
	readonly ready?: boolean;
	readonly facts?: PodFacts;
}

export interface ClaimView {
	readonly ordinal: number;
	readonly template: string;
	readonly name: string;
	readonly uid: string;
	readonly phase: "Pending" | "Bound" | "Lost";
	readonly volume: string | undefined;
	readonly terminating: boolean;
	/** a pod that mounts it, and is neither the StatefulSet's nor ours. @default none */
	readonly usedBy?: string;
	/** @default any */
	readonly resourceVersion?: string;
}

/** A pod of ours that mounts the volume of one claim. */
export interface CleanerView {
	readonly pod: string;
	readonly uid: string;
	readonly claim: string;
	readonly task: VolumeTask;
	/** what it was made for; undefined: an earlier release made it */
	readonly madeFor?: CleanerOrigin | undefined;
	/** the node it is bound to; undefined: the volume decides */
	readonly node: string | undefined;
	readonly phase: PodView["phase"];
	/** what it found and did; undefined: it has not reported yet */
	readonly report: VolumeReport | undefined;
	/** why it is not done, in Kubernetes' own words */
	readonly trouble: string | undefined;
}

export interface CleanerOrigin {
	/** of the claim: another one of its name may be bound to another volume */
	readonly claimUid: string;
	/** of the StatefulSet */
	readonly uid: string;
	/** of the StatefulSet's spec: another one may mean that a pod came, and wrote, and went again */
	readonly generation: number;
}

/** `look` only reads which member's data lies there; `empty` does so too, and deletes it. */
export type VolumeTask = "look" | "empty";

export interface VolumeReport {
	/** whose data it found, by the write-ahead logs */
	readonly found: readonly DataOwner[];
	/** it did nothing, and why */
	readonly refused: string | undefined;
	/** the folder was looked at again afterwards and holds nothing */
	readonly emptied: boolean;
}

/** etcd writes both ids at the beginning of each file of its write-ahead log. Undefined: not readable. */
export interface DataOwner {
	readonly member: bigint | undefined;
	readonly cluster: bigint | undefined;
}

/** A folder of a node that a pod of this namespace mounts directly, without a PersistentVolume. */
export interface HostFolder {
	readonly pod: string;
	readonly node: string;
	readonly path: string;
}

export interface VolumeView {
	readonly name: string;
	readonly uid: string;
	/** @default any */
	readonly resourceVersion?: string;
	readonly phase: string;
	readonly terminating: boolean;
	readonly claim: { namespace: string; name: string } | undefined;
	readonly spec: PersistentVolumeSpec;
	readonly labels: Readonly<Record<string, string>>;
	readonly annotations: Readonly<Record<string, string>>;
}

export interface StorageView {
	/** name of the volumeClaimTemplate */
	readonly template: string;
	readonly className: string;
	/** undefined: volumes of this class must be made by hand */
	readonly provisioner: string | undefined;
	readonly accessModes: readonly string[];
	readonly request: string;
	/** @default "Filesystem" */
	readonly volumeMode?: string;
	/** a volume must have these labels; of a selector with expressions no volume is known to fit */
	readonly selector?: LabelSelector;
	readonly labels: Readonly<Record<string, string>>;
}

export interface NodeView {
	readonly name: string;
	readonly ready: boolean;
	/** since when it is not, RFC 3339 */
	readonly notReadySince?: string;
	/** not cordoned, no taint that the template does not tolerate, matched by the template's node selector and affinity */
	readonly schedulable: boolean;
	readonly labels: Readonly<Record<string, string>>;
}

export interface EtcdView {
	/**
	 * why nothing may be decided: no voter answers, quorum is lost, or the pods answer from different histories. `members` are then those
	 * that one member lists by itself, or only those that answered; alarms are unknown
	 */
	readonly trouble: string | undefined;
	/** `members` are those that one member lists by itself, without quorum: the list may be old. @default false */
	readonly listedByOne?: boolean;
	/** the histories that the pods answer from, where these are several */
	readonly sides?: readonly SideView[];
	/** pods whose etcd answers from a cluster of its own, while it is known which history is meant. @default none */
	readonly apart?: readonly ApartPod[];
	readonly clusterId: bigint;
	readonly leader: bigint | undefined;
	readonly members: readonly MemberView[];
	readonly alarms: readonly Alarm[];
}

/** A pod whose etcd began a cluster of its own. */
export interface ApartPod {
	readonly pod: string;
	readonly ordinal: number | undefined;
	readonly clusterId: bigint;
	readonly revision: bigint;
}

/** Pods that answer from one history: one cluster, one leader, one member list. */
export interface SideView {
	readonly pods: readonly string[];
	readonly clusterId: bigint;
	/** 0n: it knows none */
	readonly leader: bigint;
	/** that it lists by itself; undefined: it cannot say */
	readonly voters: number | undefined;
	/** the highest of its pods */
	readonly term: bigint;
	readonly index: bigint;
	readonly revision: bigint;
	/** each is alone and advertises no address that another could reach */
	readonly alone: boolean;
}

export interface MemberView {
	readonly id: bigint;
	/** "" while it has never started */
	readonly name: string;
	/** by its name, its peer URL, or the pod that answers as it; undefined: no pod of this StatefulSet can be meant */
	readonly ordinal: number | undefined;
	/** its pod, where that is another's than the StatefulSet's */
	readonly outside?: OutsidePod;
	readonly peerURLs: readonly string[];
	readonly clientURLs: readonly string[];
	readonly isLearner: boolean;
	/** undefined: it did not answer */
	readonly status: MemberStatus | undefined;
	/** why it did not answer */
	readonly trouble: string | undefined;
	/** entries that it has yet to apply, as against what the leader had applied just before; undefined where either did not answer */
	readonly lag: bigint | undefined;
}

/** No cluster is planned beyond this: each member costs every write, and a plan grows faster than the cluster. */
export const LARGEST_CLUSTER = 100;

/** A member counts as caught up when it has at most this many entries yet to apply. */
export const CAUGHT_UP_LAG = 100n;

export const podName = (set: { name: string }, ordinal: number): string => `${set.name}-${ordinal}`;

/** `mayastor-etcd-12` → 12; undefined where the name is no pod's of that StatefulSet. */
export function ordinalOf(name: string, statefulSet: string): number | undefined {
	const rest = name.startsWith(`${statefulSet}-`) ? name.slice(statefulSet.length + 1) : "";
	return /^(0|[1-9]\d*)$/.test(rest) ? Number(rest) : undefined;
}

export const claimName = (set: { name: string }, template: string, ordinal: number): string =>
	`${template}-${podName(set, ordinal)}`;

/** Whether a claim of that name is one of the StatefulSet's, of whichever ordinal; those of etcd-events-0 are none of etcd's. */
export const isClaimOf = (set: { name: string }, template: string, claim: string): boolean => {
	const begins = `${template}-${set.name}-`;
	return claim.startsWith(begins) && /^\d+$/.test(claim.slice(begins.length));
};

/** On the disk of one node. */
export const isLocal = ({ spec }: VolumeView): boolean => spec.hostPath !== undefined || spec.local !== undefined;

/** So, and it does not say of which: its pod may be made anew where the data is not. */
export const isLoose = (volume: VolumeView): boolean => isLocal(volume) && !volume.spec.nodeAffinity?.required;

export const isHealthy = (member: MemberView): boolean =>
	member.status !== undefined && member.status.leader !== 0n && member.status.errors.length === 0;

/** It answers and has a leader; an alarm takes away no vote, though every member reports it as an error. */
export const hasVote = ({ status }: MemberView): boolean =>
	status !== undefined && status.leader !== 0n && status.errors.every((error) => /\balarm:/.test(error));

/** Voters answer that know of no leader. */
export const isElecting = ({ etcd }: ClusterView): boolean =>
	etcd.members.some(({ isLearner, status }) => !isLearner && status?.leader === 0n);

/** Pods of voters whose container runs, but that do not answer: over a slow connection, on a busy node, or for good. */
export const silentPods = (view: ClusterView): readonly string[] =>
	voters(view).flatMap(({ ordinal, status }) => {
		const pod = status || ordinal === undefined ? undefined : podAt(view, ordinal);
		return pod?.running ? [pod.name] : [];
	});

/** It votes, but has not applied yet that it does, and refuses what learners refuse. */
export const knowsNotOfVote = ({ isLearner, status }: MemberView): boolean => !isLearner && status?.isLearner === true;

export const isCaughtUp = (member: MemberView): boolean =>
	isHealthy(member) && member.lag !== undefined && member.lag <= CAUGHT_UP_LAG && !knowsNotOfVote(member);

export const voters = (view: ClusterView): readonly MemberView[] => view.etcd.members.filter((m) => !m.isLearner);

export const quorum = (voterCount: number): number => Math.floor(voterCount / 2) + 1;

/** How many more voters may fail before quorum is lost; negative: it is lost. */
export const tolerance = (view: ClusterView): number =>
	voters(view).filter(hasVote).length - quorum(voters(view).length);

export const podAt = (view: ClusterView, ordinal: number): PodView | undefined =>
	view.pods.find((pod) => pod.ordinal === ordinal);

/** Its pod was scaled away, or is about to be: a member of an ordinal beyond the replicas. */
export const isLeaving = ({ statefulSet }: ClusterView, member: MemberView): boolean =>
	member.ordinal !== undefined && member.ordinal >= statefulSet.firstOrdinal + statefulSet.replicas;

/** The pod that a member runs in: of this StatefulSet, or of another. */
export const podOf = (view: ClusterView, member: MemberView): { name: string; uid: string } | undefined =>
	member.ordinal === undefined ? member.outside : podAt(view, member.ordinal);

export const memberAt = (view: ClusterView, ordinal: number): MemberView | undefined =>
	view.etcd.members.find((member) => member.ordinal === ordinal);

/** The ControllerRevision that stands for the template as it was found. */
export const originalRevision = ({ statefulSet }: ClusterView): string =>
	statefulSet.templateState === "original" ? statefulSet.updateRevision : statefulSet.currentRevision;

/** What its controller makes a pod of that ordinal from. */
export function revisionFor({ statefulSet: set }: ClusterView, ordinal: number): string {
	const { type, partition } = set.updateStrategy;
	const held = type === "RollingUpdate" && ordinal - set.firstOrdinal < partition;
	return held ? set.currentRevision : set.updateRevision;
}

/** Pods that the newest template has not reached. */
export const outdatedPods = ({ pods, statefulSet }: ClusterView): readonly PodView[] =>
	pods.filter((pod) => pod.revision !== undefined && pod.revision !== statefulSet.updateRevision);

/** Pods that still run on a join profile, by ordinal. */
export const podsToRestart = (view: ClusterView): readonly PodView[] =>
	view.statefulSet.record === undefined || view.statefulSet.record.rolling
		? []
		: view.pods.filter((pod) => pod.revision !== undefined && pod.revision !== originalRevision(view));

/** What is noted of the member of that ordinal, which leaves or has left. */
export const leavingAt = (record: ScalingRecord | undefined, ordinal: number): LeavingRecord | undefined =>
	[...(record?.leaving ? [record.leaving] : []), ...(record?.left ?? [])].find((noted) => noted.ordinal === ordinal);

/** The record without those that were to leave and are members: by now, or again. */
export function withoutStayed(view: ClusterView, record: ScalingRecord): ScalingRecord {
	const { leaving, left = [], ...rest } = record;
	const stays = ({ ordinal }: LeavingRecord) => memberAt(view, ordinal) !== undefined;
	const gone = left.filter((noted) => !stays(noted));
	if (!(leaving && stays(leaving)) && gone.length === left.length) return record;
	return {
		...rest,
		...(leaving && !stays(leaving) ? { leaving } : {}),
		...(gone.length > 0 ? { left: gone } : {}),
	};
}
