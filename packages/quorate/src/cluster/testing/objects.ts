import { gzipSync } from "node:zlib";
import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import { joinTemplate } from "../join-profile.ts";
import { RECORD_ANNOTATION, type ScalingRecord } from "../scaling-record.ts";

const NAMESPACE = "mayastor";
const NAME = "mayastor-etcd";
const SERVICE = "mayastor-etcd-headless";
/** Another's, in another namespace. */
export const OTHERS_VOLUME = "others-volume";
const REVISION = "mayastor-etcd-5d8b";

const podNames = [0, 1, 2].map((ordinal) => `${NAME}-${ordinal}`);
export const peerURL = (pod: string) => `http://${pod}.${SERVICE}.${NAMESPACE}.svc.cluster.local:2380`;
const initialCluster = podNames.map((pod) => ({ name: pod, peerURLs: [peerURL(pod)] }));

const podName = { name: "MY_POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };
const spread = {
	podAntiAffinity: {
		requiredDuringSchedulingIgnoredDuringExecution: [
			{ topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "etcd" } } },
		],
	},
};

/** The guide's: etcd's own variables, a static volume each. */
const guide: PodTemplateSpec = {
	metadata: { labels: { app: "etcd" } },
	spec: {
		affinity: spread,
		containers: [
			{
				name: "etcd",
				image: "etcd:3.5.9",
				command: ["etcd"],
				env: [
					podName,
					{ name: "ETCD_NAME", value: "$(MY_POD_NAME)" },
					{ name: "ETCD_DATA_DIR", value: "/bitnami/etcd/data" },
					{ name: "ETCD_LISTEN_CLIENT_URLS", value: "http://0.0.0.0:2379" },
					{ name: "ETCD_ADVERTISE_CLIENT_URLS", value: `http://$(MY_POD_NAME).${SERVICE}:2379` },
					{ name: "ETCD_INITIAL_CLUSTER_STATE", value: "new" },
					{
						name: "ETCD_INITIAL_CLUSTER",
						value: initialCluster.map(({ name, peerURLs }) => `${name}=${peerURLs[0]}`).join(","),
					},
				],
				ports: [{ name: "client", containerPort: 2379 }],
				readinessProbe: { exec: { command: ["etcdctl", "endpoint", "health"] } },
			},
		],
	},
};

/** Flags in a shell's line, beside a sidecar, on nodes that it is particular about. */
const script: PodTemplateSpec = {
	metadata: { labels: { app: "etcd" } },
	spec: {
		nodeSelector: { "kubernetes.io/os": "linux" },
		tolerations: [{ key: "etcd", operator: "Exists", effect: "NoSchedule" }],
		affinity: {
			...spread,
			nodeAffinity: {
				requiredDuringSchedulingIgnoredDuringExecution: {
					nodeSelectorTerms: [{ matchExpressions: [{ key: "zone", operator: "In", values: ["a", "b"] }] }],
				},
			},
		},
		containers: [
			{ name: "proxy", image: "proxy:1", args: ["--to", "etcd"] },
			{
				name: "etcd",
				image: "quay.io/coreos/etcd:v3.5.9@sha256:0",
				command: ["sh", "-c"],
				args: [
					// biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's, not JavaScript's
					"exec etcd --name ${HOSTNAME} --listen-client-urls=http://0.0.0.0:2379 --initial-cluster-state=new --initial-cluster a=http://a:2380",
				],
				readinessProbe: { httpGet: { path: "/readyz", port: 2379 } },
			},
		],
	},
};

/** Bitnami's, with TLS between members and to clients, and a root user. */
const bitnami: PodTemplateSpec = {
	metadata: { labels: { app: "etcd" } },
	spec: {
		containers: [
			{
				name: "etcd",
				image: "docker.io/bitnami/etcd:3.5.6-debian-11-r10",
				env: [
					podName,
					{ name: "ETCD_ON_K8S", value: "yes" },
					{ name: "ETCD_NAME", value: "$(MY_POD_NAME)" },
					{ name: "ETCD_DATA_DIR", value: "/bitnami/etcd/data" },
					{ name: "ETCD_LISTEN_CLIENT_URLS", value: "https://0.0.0.0:2379" },
					{ name: "ETCD_ADVERTISE_CLIENT_URLS", value: `https://$(MY_POD_NAME).${SERVICE}:2379` },
					{ name: "ETCD_LISTEN_PEER_URLS", value: "https://0.0.0.0:2380" },
					{ name: "ETCD_CERT_FILE", value: "/certs/tls.crt" },
					{ name: "ETCD_TRUSTED_CA_FILE", value: "/certs/ca.crt" },
					{ name: "ETCD_PEER_CERT_FILE", value: "/certs/tls.crt" },
					{ name: "ETCD_ROOT_PASSWORD", valueFrom: { secretKeyRef: { name: "root", key: "password" } } },
				],
				volumeMounts: [{ name: "certs", mountPath: "/certs/" }],
			},
		],
		volumes: [{ name: "certs", projected: { sources: [{ secret: { name: "certs" } }] } }],
	},
};

interface Kind {
	readonly template: PodTemplateSpec;
	readonly dynamic?: boolean;
	/** a fourth member was about to join */
	readonly record?: boolean;
}

const KINDS = {
	guide: { template: guide },
	script: { template: script },
	bitnami: { template: bitnami, dynamic: true },
};

/** A healthy cluster of three as an API server tells of it, by plural and name. */
export const clusterObjects = (kind: keyof typeof KINDS) => objectsOf(KINDS[kind]);

/** The same, half-way to four members. */
export const growingObjects = () => objectsOf({ ...KINDS.guide, record: true });

/** What the run of {@link growingObjects} wrote down. */
export const RECORD: ScalingRecord = {
	version: 1,
	from: 3,
	startedAt: "2026-11-01T00:00:00Z",
	template: guide,
	updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
	joining: 3,
	volumes: ["etcd-volume-3"],
	leaving: { ordinal: 5, node: "node-6" },
	snapshot: { file: "/nowhere/a.db", revision: "9", sha256: "00", takenAt: "2026-11-01T00:00:00Z" },
	proven: { voters: 3, revision: "9" },
};

function objectsOf({ template, dynamic = false, record = false }: Kind) {
	const labels = { app: "etcd" };
	const className = dynamic ? "fast" : "manual";
	const fourth = [...initialCluster, { name: `${NAME}-3`, peerURLs: [peerURL(`${NAME}-3`)] }];
	return {
		statefulsets: {
			[NAME]: {
				apiVersion: "apps/v1",
				kind: "StatefulSet",
				metadata: {
					name: NAME,
					namespace: NAMESPACE,
					uid: "uid-of-the-set",
					generation: 1,
					resourceVersion: "1",
					labels: { "app.kubernetes.io/managed-by": "Helm" },
					annotations: {
						"meta.helm.sh/release-name": "mayastor",
						...(record ? { [RECORD_ANNOTATION]: JSON.stringify(RECORD) } : {}),
					},
				},
				spec: {
					replicas: 3,
					ordinals: { start: 0 },
					serviceName: SERVICE,
					podManagementPolicy: "Parallel",
					persistentVolumeClaimRetentionPolicy: { whenScaled: "Retain", whenDeleted: "Retain" },
					updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: record ? 3 : 0 } },
					selector: { matchLabels: labels },
					template: record ? joinTemplate(template, { name: "etcd", family: "environment" }, fourth) : template,
					volumeClaimTemplates: [
						{
							metadata: { name: "data" },
							spec: {
								accessModes: ["ReadWriteOnce"],
								storageClassName: className,
								resources: { requests: { storage: "2Gi" } },
							},
						},
					],
				},
				status: {
					observedGeneration: 1,
					replicas: 3,
					currentRevision: REVISION,
					updateRevision: record ? "mayastor-etcd-77aa" : REVISION,
				},
			},
		},
		pods: byName(podNames, (name, ordinal) => ({
			metadata: {
				name,
				namespace: NAMESPACE,
				uid: `uid-${ordinal}`,
				labels: { ...labels, "controller-revision-hash": REVISION },
				ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: NAME, uid: "uid-of-the-set" }],
			},
			spec: { nodeName: `node-${ordinal + 1}` },
			status: {
				phase: "Running",
				conditions: [
					{ type: "PodScheduled", status: "True" },
					{ type: "Ready", status: "True" },
				],
				containerStatuses: [
					{ name: "etcd", restartCount: 0, state: { running: { startedAt: "2026-11-01T00:00:00Z" } } },
				],
			},
		})),
		persistentvolumeclaims: byName(
			podNames.map((pod) => `data-${pod}`),
			(name, ordinal) => ({
				metadata: { name, namespace: NAMESPACE, uid: `uid-${name}` },
				spec: { volumeName: `etcd-volume-${ordinal}` },
				status: { phase: "Bound" },
			}),
		),
		persistentvolumes: byName(
			["etcd-volume-0", "etcd-volume-1", "etcd-volume-2", "etcd-volume-3", OTHERS_VOLUME],
			(name, ordinal) => ({
				metadata: { name, uid: `uid-${name}`, labels, annotations: { "meta.helm.sh/release-name": "mayastor" } },
				spec: {
					accessModes: ["ReadWriteOnce"],
					capacity: { storage: "2Gi" },
					storageClassName: className,
					persistentVolumeReclaimPolicy: "Delete",
					hostPath: { path: `/var/local/mayastor/etcd/pod-${ordinal}` },
					claimRef:
						name === OTHERS_VOLUME
							? { namespace: "other", name: "data-other-0" }
							: { namespace: NAMESPACE, name: `data-${NAME}-${ordinal}` },
					nodeAffinity: {
						required: {
							nodeSelectorTerms: [
								{
									matchExpressions: [
										{ key: "kubernetes.io/hostname", operator: "In", values: [`node-${ordinal + 1}`] },
									],
								},
							],
						},
					},
				},
				status: { phase: name === "etcd-volume-3" ? "Available" : "Bound" },
			}),
		),
		nodes: byName(["node-1", "node-2", "node-3", "node-4", "node-5"], (name, index) => ({
			metadata: { name, labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", zone: "a" } },
			spec: index === 4 ? { unschedulable: true } : { taints: [{ key: "etcd", effect: "NoSchedule" }].slice(index) },
			status: { conditions: [{ type: "Ready", status: "True" }] },
		})),
		services: { [SERVICE]: { metadata: { name: SERVICE }, spec: { publishNotReadyAddresses: true } } },
		storageclasses: byName(["manual", "fast"], (name) => ({
			metadata: { name, annotations: {} },
			provisioner: name === "fast" ? "example.com/fast" : "kubernetes.io/no-provisioner",
		})),
		secrets: {
			release: { metadata: { name: "release" }, data: { release: helmRelease({ manifest: "kind: StatefulSet" }) } },
			certs: {
				metadata: { name: "certs" },
				data: { "tls.crt": btoa("-----BEGIN CERTIFICATE"), "ca.crt": btoa("-----BEGIN CERTIFICATE") },
			},
			root: { metadata: { name: "root" }, data: { password: btoa("secret") } },
		},
		poddisruptionbudgets: {
			etcd: { metadata: { name: "etcd" }, spec: { selector: { matchLabels: labels }, minAvailable: "51%" } },
		},
		diskpools: { pool: { metadata: { name: "pool" }, spec: { node: "node-1" }, status: { pool_status: "Online" } } },
	};
}

/** As Helm 3 keeps it in a Secret. */
export const helmRelease = (content: unknown): string =>
	Buffer.from(gzipSync(JSON.stringify(content) ?? "").toString("base64")).toString("base64");

function byName<T>(names: readonly string[], make: (name: string, index: number) => T): Record<string, T> {
	return Object.fromEntries(names.map((name, index) => [name, make(name, index)]));
}
