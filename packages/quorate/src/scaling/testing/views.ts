import type { ClusterView, MemberView, PodView } from "../../cluster/cluster-view.ts";
import { findEtcdContainer } from "../../cluster/etcd-container.ts";
import type { MemberStatus } from "../../etcd/member-client.ts";

export interface ViewOptions {
	/** @default 3 */
	members?: number;
	/** @default 9 */
	nodes?: number;
	/** @default "Parallel" */
	podManagementPolicy?: "Parallel" | "OrderedReady";
	/** its own readiness probe passes on a learner. @default false */
	readyAsLearner?: boolean;
	/** @default "manual", static */
	provisioner?: string;
	/** claims are deleted by the controller. @default false */
	deletesClaims?: boolean;
	/** @default 0 */
	firstOrdinal?: number;
}

/** A healthy cluster as the guide has it, without touching anything. */
export function healthyView(options: ViewOptions = {}): ClusterView {
	const { members = 3, nodes = 9, podManagementPolicy = "Parallel", firstOrdinal = 0 } = options;
	const ordinals = Array.from({ length: members }, (_, i) => firstOrdinal + i);
	const template = guideTemplate(ordinals, options.readyAsLearner ?? false);
	const etcd = findEtcdContainer(template);
	if (!etcd) throw new Error("the template runs no etcd");
	return {
		statefulSet: {
			namespace: "mayastor",
			name: "mayastor-etcd",
			uid: "uid-of-the-set",
			generation: 1,
			replicas: members,
			firstOrdinal,
			serviceName: "mayastor-etcd-headless",
			deletesClaims: options.deletesClaims ?? false,
			podManagementPolicy,
			updateStrategy: { type: "RollingUpdate", partition: 0 },
			rawUpdateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
			template,
			observed: true,
			currentRevision: "mayastor-etcd-5d8b",
			updateRevision: "mayastor-etcd-5d8b",
			deleting: false,
			record: undefined,
			followsTemplate: false,
			etcd,
			templateState: "original",
			managedBy: undefined,
			managers: [],
		},
		pods: ordinals.map(podView),
		claims: ordinals.map((ordinal) => ({
			ordinal,
			template: "data",
			name: `data-mayastor-etcd-${ordinal}`,
			uid: `uid-data-mayastor-etcd-${ordinal}`,
			phase: "Bound",
			volume: `etcd-volume-${ordinal}`,
			terminating: false,
		})),
		cleaners: [],
		hostFolders: [],
		volumes: ordinals.map((ordinal) => ({
			name: `etcd-volume-${ordinal}`,
			uid: `uid-etcd-volume-${ordinal}`,
			phase: "Bound",
			terminating: false,
			claim: { namespace: "mayastor", name: `data-mayastor-etcd-${ordinal}` },
			labels: { "statefulset.kubernetes.io/pod-name": `mayastor-etcd-${ordinal}` },
			annotations: { "meta.helm.sh/release-name": "mayastor" },
			spec: {
				accessModes: ["ReadWriteOnce"],
				capacity: { storage: "2Gi" },
				hostPath: { path: `/var/local/mayastor/etcd/pod-${ordinal}`, type: "" },
				persistentVolumeReclaimPolicy: "Delete",
				storageClassName: "manual",
				volumeMode: "Filesystem",
			},
		})),
		storage: [
			{
				template: "data",
				className: "manual",
				provisioner: options.provisioner,
				accessModes: ["ReadWriteOnce"],
				request: "2Gi",
				labels: {},
			},
		],
		nodes: Array.from({ length: nodes }, (_, i) => ({
			name: `node-${i + 1}`,
			ready: true,
			schedulable: true,
			labels: { "kubernetes.io/hostname": `node-${i + 1}` },
		})),
		oneNodeEach: true,
		publishesNotReadyAddresses: true,
		etcd: { trouble: undefined, clusterId: 7n, leader: 101n, alarms: [], members: ordinals.map(memberView) },
		snapshotReadable: false,
	};
}

function podView(ordinal: number, index: number): PodView {
	return {
		ordinal,
		name: `mayastor-etcd-${ordinal}`,
		uid: `uid-${ordinal}`,
		phase: "Running",
		ready: true,
		terminating: false,
		node: `node-${index + 1}`,
		revision: "mayastor-etcd-5d8b",
		restarts: 0,
		running: true,
		backingOff: false,
		trouble: undefined,
	};
}

function memberView(ordinal: number, index: number): MemberView {
	const id = BigInt(101 + index);
	return {
		id,
		name: `mayastor-etcd-${ordinal}`,
		ordinal,
		peerURLs: [`http://mayastor-etcd-${ordinal}.mayastor-etcd-headless.mayastor.svc.cluster.local:2380`],
		clientURLs: [`http://mayastor-etcd-${ordinal}.mayastor-etcd-headless.mayastor.svc.cluster.local:2379`],
		isLearner: false,
		status: statusOf(id),
		trouble: undefined,
		lag: 0n,
	};
}

export function statusOf(memberId: bigint): MemberStatus {
	return {
		clusterId: 7n,
		memberId,
		revision: 1000n,
		version: "3.5.9",
		dbSize: 1_000_000n,
		dbSizeInUse: 900_000n,
		dbSizeQuota: undefined,
		leader: 101n,
		raftIndex: 1200n,
		raftAppliedIndex: 1200n,
		raftTerm: 3n,
		errors: [],
		isLearner: false,
		storageVersion: undefined,
		downgradeEnabled: false,
	};
}

function guideTemplate(ordinals: readonly number[], readyAsLearner: boolean) {
	const url = (o: number) => `http://mayastor-etcd-${o}.mayastor-etcd-headless.mayastor.svc.cluster.local:2380`;
	return {
		metadata: { labels: { app: "etcd" } },
		spec: {
			containers: [
				{
					name: "etcd",
					image: "etcd:3.5.9",
					command: ["etcd"],
					env: [
						{ name: "MY_POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
						{ name: "ETCD_NAME", value: "$(MY_POD_NAME)" },
						{ name: "ETCD_DATA_DIR", value: "/bitnami/etcd/data" },
						{ name: "ETCD_LISTEN_CLIENT_URLS", value: "http://0.0.0.0:2379" },
						{ name: "ETCD_INITIAL_CLUSTER_STATE", value: "new" },
						{
							name: "ETCD_INITIAL_CLUSTER",
							value: ordinals.map((o) => `mayastor-etcd-${o}=${url(o)}`).join(","),
						},
					],
					readinessProbe: readyAsLearner
						? { httpGet: { path: "/health", port: 2379 } }
						: { exec: { command: ["etcdctl", "endpoint", "health"] } },
				},
			],
		},
	};
}
