import type { Duplex } from "node:stream";
import { isDeepStrictEqual } from "node:util";
import type { StatefulSet } from "kubernetes-types/apps/v1";
import type { Container, Node, PersistentVolume, PersistentVolumeClaim, Pod, Service } from "kubernetes-types/core/v1";
import type { ObjectMeta } from "kubernetes-types/meta/v1";
import type { StorageClass } from "kubernetes-types/storage/v1";
import { QuorateError } from "../errors.ts";
import type { KubernetesClient, Resource } from "../kubernetes/client.ts";
import type { FoundAccess } from "./access/find-access.ts";
import { refusedAccess } from "./access/refused-access.ts";
import { unreachableListener } from "./access/unreachable-listener.ts";
import { claimUsers } from "./claim-users.ts";
import { cleanersFor } from "./cleaner-pod.ts";
import {
	type ClaimView,
	type ClusterView,
	type EtcdView,
	type HostFolder,
	ordinalOf,
	type PodView,
	type StatefulSetView,
	type StorageView,
	type Unread,
	type VolumeView,
} from "./cluster-view.ts";
import { type EtcdContainer, findEtcdContainer } from "./etcd-container.ts";
import { departedIn } from "./histories.ts";
import type { HistoryStore } from "./history-store.ts";
import { isJoinProfile } from "./is-join-profile.ts";
import { managersOf } from "./managed-by.ts";
import type { MemberConnections } from "./member-connections.ts";
import { nodeView, oneNodeEach } from "./node-fit.ts";
import { NodeList } from "./node-list.ts";
import { observeMembers } from "./observe-members.ts";
import { observeOtherSets } from "./observe-other-sets.ts";
import { observeServices } from "./observe-services.ts";
import { outsidePod, podView } from "./pod-view.ts";
import { findObject, listObjects } from "./read-objects.ts";
import { readReferences } from "./read-references.ts";
import { isRecordedSnapshot } from "./recorded-snapshot.ts";
import * as resources from "./resources.ts";
import { followTemplate, parseRecord, RECORD_ANNOTATION } from "./scaling-record.ts";
import { isForbidden, SecretFiles } from "./secret-files.ts";
import type { KnownObjects } from "./start/environment.ts";

/** A cluster that can be looked at: which StatefulSet, through which API server, and the connections to its members. */
export interface ClusterAccess {
	readonly client: KubernetesClient;
	readonly namespace: string;
	readonly name: string;
	/** the kubeconfig's; absent: the pod's own service account */
	readonly context?: string;
	/** name of the container that runs etcd, where that was said */
	readonly container?: string;
	/** a byte stream to the client port of a pod's etcd */
	readonly dial: (pod: string) => Promise<Duplex>;
	readonly members: MemberConnections;
	/** how that was found out */
	readonly found: FoundAccess;
	/** what earlier runs recorded on this machine. @default nothing is remembered */
	readonly histories?: HistoryStore;
	/** the nodes, for one who looks often. @default all are read at every look */
	readonly nodes?: NodeList;
}

export interface ObserveOptions {
	readonly signal?: AbortSignal;
	/** continue without nodes, volumes and classes if this user may not list them. @default false */
	readonly lenient?: boolean;
	/** do not read these at all. @default false */
	readonly membersOnly?: boolean;
	/** the caller holds the lock, so no other run changes anything between the first read and the last. @default false */
	readonly locked?: boolean;
}

/** Reads at most: a run changes the StatefulSet less often than a look takes. */
const READS = 4;

/**
 * Reads Kubernetes and every member into one view. Writes nothing. Members are asked after the StatefulSet was read; if a run changed that meanwhile,
 * they may be further than its record, and all is read again.
 *
 * @throws {QuorateError} StatefulSetNotFound, NotEtcd, and whatever the API server refuses. A member that does not answer is
 * no failure: the view says so.
 */
export async function observe(
	cluster: ClusterAccess,
	{ locked = false, ...options }: ObserveOptions = {},
): Promise<ClusterView> {
	for (let reads = 1; ; reads++) {
		const { view, object } = await observeOnce(cluster, options);
		if (locked || reads === READS || !(await hasChanged(cluster, object, options))) return view;
	}
}

/** The record, the replicas or the template; a status says nothing of what a run does. */
async function hasChanged(
	{ client, namespace, name }: ClusterAccess,
	{ metadata }: StatefulSet,
	{ signal }: ObserveOptions,
): Promise<boolean> {
	const now = await findObject<StatefulSet>(client, resources.STATEFULSETS, namespace, name, signal ? { signal } : {});
	const stamp = (of: ObjectMeta = {}) => [of.uid, of.generation, of.annotations?.[RECORD_ANNOTATION]];
	return !isDeepStrictEqual(stamp(now?.metadata), stamp(metadata));
}

async function observeOnce(
	cluster: ClusterAccess,
	{ lenient = false, membersOnly = false, ...options }: Omit<ObserveOptions, "locked">,
): Promise<{ view: ClusterView; object: StatefulSet }> {
	const { client, namespace, name } = cluster;
	const inNamespace = { namespace, ...options };
	const unread: { -readonly [What in keyof Unread]: string } = {};
	/** What is not in the namespace, and so may well be closed to this user. */
	const wide = async <T>(
		what: keyof Unread,
		resource: Resource,
		list = (): Promise<readonly T[]> => listObjects<T>(client, resource, options),
	): Promise<readonly T[]> => {
		if (membersOnly) {
			unread[what] = `${resource.resource} are not looked at`;
			return [];
		}
		return list().catch((error: unknown): T[] => {
			if (!lenient || !isForbidden(error)) throw error;
			unread[what] = `this user may not list ${resource.resource}`;
			return [];
		});
	};
	const nodeList = cluster.nodes ?? new NodeList(client);
	const read = {
		pods: listObjects<Pod>(client, resources.PODS, inNamespace),
		claims: listObjects<PersistentVolumeClaim>(client, resources.PERSISTENTVOLUMECLAIMS, inNamespace),
		volumes: wide<PersistentVolume>("volumes", resources.PERSISTENTVOLUMES),
		nodes: wide<Node>("nodes", resources.NODES, () => nodeList.read(options)),
		classes: wide<StorageClass>("classes", resources.STORAGECLASSES),
	};
	// one failure is told; the others must not become unhandled
	for (const promise of Object.values(read)) promise.catch(() => {});
	const object = await findObject<StatefulSet>(client, resources.STATEFULSETS, namespace, name, options);
	if (!object) throw notFound(namespace, name);
	const files = new SecretFiles(client, namespace);
	const objects = await readReferences(object.spec?.template ?? {}, files, options);
	const statefulSet = statefulSetView(object, cluster.container, objects);
	const template = statefulSet.record?.template ?? statefulSet.template;
	const pods = (await read.pods).flatMap((pod) => ownPod(pod, object, statefulSet.etcd));
	const others = (await read.pods).filter((pod) => !isOwn(pod, object)).map(outsidePod);
	const usedBy = claimUsers((await read.pods).filter((pod) => !isOwn(pod, object)));
	const hostFolders = (await read.pods).flatMap(hostFoldersOf);
	pods.sort((a, b) => a.ordinal - b.ordinal);
	const [etcd, service, classes, claims, volumes, nodes, snapshotReadable] = await Promise.all([
		observeMembers(cluster.members, pods, name, { ...options, others, departed: departedIn(statefulSet.record) }),
		findObject<Service>(client, resources.SERVICES, namespace, statefulSet.serviceName, options),
		read.classes,
		read.claims,
		read.volumes,
		read.nodes.then((nodes) =>
			nodeList.refresh(
				nodes,
				pods.flatMap((pod) => pod.node ?? []),
				options,
			),
		),
		isRecordedSnapshot(statefulSet.record?.snapshot),
	]);
	throwIfRefused(cluster, etcd, statefulSet, pods);
	const storage = storageViews(object, classes);
	const templates = storage.map(({ template }) => template);
	const cleaners = cleanersFor({ name, templates }, await read.pods);
	const services = await observeServices(client, statefulSet, etcd.members, options);
	const otherSets = await observeOtherSets(client, statefulSet, etcd.members, options);
	const view: ClusterView = {
		statefulSet,
		pods,
		claims: claims.flatMap((claim) => claimView(claim, storage, name, usedBy)),
		cleaners,
		hostFolders,
		volumes: volumes.map(volumeView),
		storage,
		nodes: nodes.map((node) => nodeView(node, template.spec ?? { containers: [] })),
		oneNodeEach: oneNodeEach(template),
		publishesNotReadyAddresses: service?.spec?.publishNotReadyAddresses === true,
		...(services ? { services } : {}),
		...(otherSets ? { otherSets } : {}),
		etcd,
		snapshotReadable,
		...(Object.keys(unread).length > 0 ? { unread } : {}),
	};
	return { view, object };
}

/** Where etcd lets us in nowhere, because of our certificate or user or of where it listens, nothing can be said of the cluster but that. */
function throwIfRefused(
	{ members, found }: ClusterAccess,
	etcd: EtcdView,
	set: StatefulSetView,
	pods: readonly PodView[],
): void {
	if (etcd.members.some(({ status }) => status)) return;
	for (const failure of members.failures ?? []) {
		const ready = pods.some(({ name, ready }) => name === failure.member && ready);
		const refused = refusedAccess(failure, found) ?? unreachableListener(failure, set, ready);
		if (refused) throw refused;
	}
}

export function statefulSetView(object: StatefulSet, container?: string, objects?: KnownObjects): StatefulSetView {
	const { metadata = {}, spec, status } = object;
	const namespace = metadata.namespace ?? "";
	const name = metadata.name ?? "";
	const current = spec?.template ?? {};
	const noted = parseRecord(metadata.annotations?.[RECORD_ANNOTATION], `StatefulSet ${namespace}/${name}`);
	const record = noted && followTemplate(noted, current);
	const etcd = findEtcdContainer(record?.template ?? current, container, objects);
	if (!etcd) throw notEtcd(namespace, name, current.spec?.containers ?? [], container);
	const managers = managersOf(metadata, record?.owners as ObjectMeta["managedFields"]);
	const original = record === undefined || isDeepStrictEqual(record.template, current);
	const joining = record !== undefined && isJoinProfile(record, current, etcd);
	return {
		namespace,
		name,
		uid: metadata.uid ?? "",
		generation: metadata.generation ?? 0,
		replicas: spec?.replicas ?? 1,
		firstOrdinal: spec?.ordinals?.start ?? 0,
		serviceName: spec?.serviceName ?? "",
		deletesClaims: spec?.persistentVolumeClaimRetentionPolicy?.whenScaled === "Delete",
		podManagementPolicy: spec?.podManagementPolicy === "Parallel" ? "Parallel" : "OrderedReady",
		updateStrategy: {
			type: spec?.updateStrategy?.type === "OnDelete" ? "OnDelete" : "RollingUpdate",
			partition: spec?.updateStrategy?.rollingUpdate?.partition ?? 0,
		},
		rawUpdateStrategy: spec?.updateStrategy ?? {},
		template: current,
		observed: (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0),
		currentRevision: status?.currentRevision ?? "",
		updateRevision: status?.updateRevision ?? "",
		deleting: metadata.deletionTimestamp !== undefined,
		record,
		followsTemplate: record !== noted,
		...(objects?.size ? { objects } : {}),
		etcd,
		templateState: original ? "original" : joining ? "joining" : "foreign",
		managedBy: managers.map((one) => one.name).join(", ") || undefined,
		managers,
	};
}

function ownPod(pod: Pod, set: StatefulSet, etcd: EtcdContainer): PodView[] {
	const ordinal = ordinalOf(pod.metadata?.name ?? "", set.metadata?.name ?? "");
	return ordinal === undefined || !isOwn(pod, set) ? [] : [podView(pod, ordinal, etcd.name)];
}

const isOwn = (pod: Pod, set: StatefulSet): boolean =>
	pod.metadata?.ownerReferences?.some((owner) => owner.uid === set.metadata?.uid) === true;

function claimView(
	claim: PersistentVolumeClaim,
	storage: readonly StorageView[],
	set: string,
	users: ReadonlyMap<string, string>,
): ClaimView[] {
	const name = claim.metadata?.name ?? "";
	const usedBy = users.get(name);
	const resourceVersion = claim.metadata?.resourceVersion;
	for (const { template } of storage) {
		const ordinal = name.startsWith(`${template}-`) ? ordinalOf(name.slice(template.length + 1), set) : undefined;
		if (ordinal === undefined) continue;
		return [
			{
				ordinal,
				template,
				name,
				uid: claim.metadata?.uid ?? "",
				phase: (claim.status?.phase ?? "Pending") as ClaimView["phase"],
				volume: claim.spec?.volumeName || undefined,
				terminating: claim.metadata?.deletionTimestamp !== undefined,
				...(usedBy === undefined ? {} : { usedBy }),
				...(resourceVersion === undefined ? {} : { resourceVersion }),
			},
		];
	}
	return [];
}

function volumeView(volume: PersistentVolume): VolumeView {
	const claim = volume.spec?.claimRef;
	const resourceVersion = volume.metadata?.resourceVersion;
	return {
		...(resourceVersion === undefined ? {} : { resourceVersion }),
		name: volume.metadata?.name ?? "",
		uid: volume.metadata?.uid ?? "",
		phase: volume.status?.phase ?? "Pending",
		terminating: volume.metadata?.deletionTimestamp !== undefined,
		claim: claim ? { namespace: claim.namespace ?? "", name: claim.name ?? "" } : undefined,
		spec: volume.spec ?? {},
		labels: volume.metadata?.labels ?? {},
		annotations: volume.metadata?.annotations ?? {},
	};
}

function storageViews(set: StatefulSet, classes: readonly StorageClass[]): StorageView[] {
	const byDefault = defaultClass(classes);
	return (set.spec?.volumeClaimTemplates ?? []).map((claim) => {
		const className = claim.spec?.storageClassName ?? byDefault?.metadata?.name ?? "";
		const provisioner = classes.find((c) => c.metadata?.name === className)?.provisioner;
		return {
			template: claim.metadata?.name ?? "",
			className,
			provisioner: provisioner === "kubernetes.io/no-provisioner" ? undefined : provisioner,
			accessModes: claim.spec?.accessModes ?? [],
			request: claim.spec?.resources?.requests?.storage ?? "",
			volumeMode: claim.spec?.volumeMode ?? "Filesystem",
			...(claim.spec?.selector ? { selector: claim.spec.selector } : {}),
			labels: claim.metadata?.labels ?? {},
		};
	});
}

/** Of several the newest, of those of one second the first by name: as Kubernetes does. */
function defaultClass(classes: readonly StorageClass[]): StorageClass | undefined {
	const created = ({ metadata }: StorageClass) => metadata?.creationTimestamp ?? "";
	const byDefault = classes.filter(
		({ metadata }) => metadata?.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true",
	);
	const [first, ...others] = byDefault;
	return others.reduce<StorageClass | undefined>((newest, one) => {
		if (!newest || created(one) > created(newest)) return one;
		const earlier = (one.metadata?.name ?? "") < (newest.metadata?.name ?? "");
		return created(one) === created(newest) && earlier ? one : newest;
	}, first);
}

function hostFoldersOf({ metadata, spec }: Pod): HostFolder[] {
	const node = spec?.nodeName;
	if (node === undefined) return [];
	return (spec?.volumes ?? []).flatMap(({ hostPath }) =>
		hostPath ? [{ pod: metadata?.name ?? "", node, path: hostPath.path }] : [],
	);
}

function notFound(namespace: string, name: string): QuorateError {
	return new QuorateError("StatefulSetNotFound", {
		operation: `looking at StatefulSet ${namespace}/${name}`,
		message: `statefulsets.apps "${name}" not found in namespace ${namespace}`,
		state: "nothing was changed",
		hint: `see what is there: kubectl get statefulsets -n ${namespace}`,
	});
}

function notEtcd(namespace: string, name: string, containers: readonly Container[], named?: string): QuorateError {
	const images = containers.map((c) => c.image ?? c.name).join(", ");
	return new QuorateError("NotEtcd", {
		operation: `looking at StatefulSet ${namespace}/${name}`,
		message:
			named === undefined
				? `no container of it runs etcd (${images || "it has none"})`
				: `it has no container ${named} (there are ${containers.map((c) => c.name).join(", ") || "none"})`,
		state: "nothing was changed",
		hint: "name the StatefulSet whose pods run etcd; it is known by the etcd command, its ETCD_* variables or --initial-cluster flags; --container says which container it is",
	});
}
