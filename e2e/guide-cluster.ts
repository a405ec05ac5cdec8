/** The guide's cluster as manifests, for any Kubernetes: namespace, Services, static volumes and the StatefulSet, on a plain etcd image. */
export interface GuideClusterOptions {
	namespace: string;
	/** an image that has etcd and etcdctl */
	image: string;
	/** @default 3 */
	members?: number;
	/** @default "Parallel", as Mayastor's chart */
	podManagementPolicy?: "Parallel" | "OrderedReady";
	/** @default etcdctl endpoint health, which fails on a learner */
	readinessProbe?: Record<string, unknown>;
	/** @default "manual": static volumes; "default": the cluster's own, whatever makes them */
	storageClass?: string;
	/** @default 0 */
	firstOrdinal?: number;
	/** last changes to the StatefulSet's spec, in place */
	alter?: (spec: Spec) => void;
}

/** The StatefulSet's spec, as far as tests alter it. */
export interface Spec {
	template: { spec: { containers: object[]; initContainers?: object[]; volumes?: object[] } };
	volumeClaimTemplates?: object[];
	updateStrategy?: object;
	persistentVolumeClaimRetentionPolicy?: object;
}

const NAME = "mayastor-etcd";

export function guideCluster(options: GuideClusterOptions): object[] {
	const { namespace, members = 3, storageClass = "manual", firstOrdinal = 0 } = options;
	const ordinals = Array.from({ length: members }, (_, index) => firstOrdinal + index);
	const volumes = storageClass === "manual" ? ordinals.map((ordinal) => volume(namespace, ordinal)) : [];
	return [
		{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
		...volumes,
		...services(namespace),
		statefulSet(options, ordinals),
	];
}

function volume(namespace: string, ordinal: number) {
	return {
		apiVersion: "v1",
		kind: "PersistentVolume",
		metadata: { name: `${namespace}-volume-${ordinal}` },
		spec: {
			accessModes: ["ReadWriteOnce"],
			capacity: { storage: "2Gi" },
			claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name: `data-${NAME}-${ordinal}`, namespace },
			hostPath: { path: `/var/local/${namespace}/etcd/pod-${ordinal}`, type: "" },
			persistentVolumeReclaimPolicy: "Delete",
			storageClassName: "manual",
			volumeMode: "Filesystem",
		},
	};
}

const LABELS = { "app.kubernetes.io/name": "etcd", "app.kubernetes.io/instance": "mayastor" };
const PORTS = [
	{ name: "client", port: 2379, targetPort: "client" },
	{ name: "peer", port: 2380, targetPort: "peer" },
];

function services(namespace: string) {
	const service = (name: string, spec: object) => ({
		apiVersion: "v1",
		kind: "Service",
		metadata: { name, namespace },
		spec: { selector: LABELS, ports: PORTS, ...spec },
	});
	return [
		service(`${NAME}-headless`, { clusterIP: "None", publishNotReadyAddresses: true }),
		service(NAME, { type: "ClusterIP" }),
	];
}

function statefulSet(options: GuideClusterOptions, ordinals: readonly number[]) {
	const { namespace, image, podManagementPolicy = "Parallel", storageClass = "manual" } = options;
	const domain = `${NAME}-headless.${namespace}.svc.cluster.local`;
	const peers = ordinals.map((o) => `${NAME}-${o}=http://${NAME}-${o}.${domain}:2380`).join(",");
	const set = {
		apiVersion: "apps/v1",
		kind: "StatefulSet",
		metadata: { name: NAME, namespace },
		spec: {
			replicas: ordinals.length,
			...(options.firstOrdinal ? { ordinals: { start: options.firstOrdinal } } : {}),
			serviceName: `${NAME}-headless`,
			podManagementPolicy,
			selector: { matchLabels: LABELS },
			template: {
				metadata: { labels: { ...LABELS, app: "etcd" } },
				spec: {
					affinity: {
						podAntiAffinity: {
							requiredDuringSchedulingIgnoredDuringExecution: [
								{ labelSelector: { matchLabels: LABELS }, topologyKey: "kubernetes.io/hostname" },
							],
						},
					},
					containers: [
						{
							name: "etcd",
							image,
							imagePullPolicy: "IfNotPresent",
							command: ["etcd"],
							env: environment(domain, peers),
							ports: [
								{ name: "client", containerPort: 2379 },
								{ name: "peer", containerPort: 2380 },
							],
							readinessProbe: options.readinessProbe ?? {
								exec: { command: ["etcdctl", "endpoint", "health"] },
								periodSeconds: 2,
								timeoutSeconds: 5,
							},
							volumeMounts: [{ name: "data", mountPath: "/bitnami/etcd" }],
						},
					],
				},
			},
			volumeClaimTemplates: [
				{
					metadata: { name: "data" },
					spec: {
						accessModes: ["ReadWriteOnce"],
						...(storageClass === "default" ? {} : { storageClassName: storageClass }),
						resources: { requests: { storage: "2Gi" } },
					},
				},
			],
		},
	};
	options.alter?.(set.spec);
	return set;
}

function environment(domain: string, peers: string) {
	const from = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
	const own = `$(MY_POD_NAME).${domain}`;
	return [
		from("MY_POD_IP", "status.podIP"),
		from("MY_POD_NAME", "metadata.name"),
		{ name: "MY_STS_NAME", value: NAME },
		{ name: "ETCDCTL_API", value: "3" },
		{ name: "ETCD_ON_K8S", value: "yes" },
		{ name: "ETCD_NAME", value: "$(MY_POD_NAME)" },
		{ name: "ETCD_DATA_DIR", value: "/bitnami/etcd/data" },
		{ name: "ETCD_ADVERTISE_CLIENT_URLS", value: `http://${own}:2379,http://${domain.replace("-headless", "")}:2379` },
		{ name: "ETCD_LISTEN_CLIENT_URLS", value: "http://0.0.0.0:2379" },
		{ name: "ETCD_INITIAL_ADVERTISE_PEER_URLS", value: `http://${own}:2380` },
		{ name: "ETCD_LISTEN_PEER_URLS", value: "http://0.0.0.0:2380" },
		{ name: "ETCD_AUTO_COMPACTION_MODE", value: "revision" },
		{ name: "ETCD_AUTO_COMPACTION_RETENTION", value: "100" },
		{ name: "ETCD_INITIAL_CLUSTER_TOKEN", value: "etcd-cluster-k8s" },
		{ name: "ETCD_INITIAL_CLUSTER_STATE", value: "new" },
		{ name: "ETCD_INITIAL_CLUSTER", value: peers },
		{ name: "ETCD_QUOTA_BACKEND_BYTES", value: "8589934592" },
	];
}
