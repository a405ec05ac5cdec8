import { guideCluster } from "../../guide-cluster.ts";

const IMAGE = "etcd:3.5.9";
const UNTIL_TOLD = "trap 'exit 0' TERM; sleep 3600 & wait";
const [, ...manifests] = guideCluster({ namespace: "{ns}", image: IMAGE });

/** The guide's cluster, in the chapter's namespace. */
export const GUIDE = { apiVersion: "v1", kind: "List", items: manifests };

/** The same StatefulSet over pods that are up at once and need no one: what is looked at is Kubernetes, not etcd. */
export const IDLE = {
	apiVersion: "v1",
	kind: "List",
	items: manifests.map((item) => ("kind" in item && item.kind === "StatefulSet" ? idle(item) : item)),
};

function idle(statefulSet: object): object {
	const copy = structuredClone(statefulSet) as {
		spec: { podManagementPolicy: string; template: { spec: { containers: object[] } } };
	};
	copy.spec.podManagementPolicy = "OrderedReady";
	copy.spec.template.spec.containers = copy.spec.template.spec.containers.map((container) => ({
		...container,
		command: ["sh", "-c", UNTIL_TOLD],
		readinessProbe: { exec: { command: ["true"] }, periodSeconds: 1 },
	}));
	return copy;
}

/** The guide's pv-etcd.yaml. */
export const volume = (ordinal: number) => ({
	apiVersion: "v1",
	kind: "PersistentVolume",
	metadata: { name: `{ns}-volume-${ordinal}` },
	spec: {
		accessModes: ["ReadWriteOnce"],
		capacity: { storage: "2Gi" },
		claimRef: {
			apiVersion: "v1",
			kind: "PersistentVolumeClaim",
			name: `data-mayastor-etcd-${ordinal}`,
			namespace: "{ns}",
		},
		hostPath: { path: `/var/local/{ns}/etcd/pod-${ordinal}`, type: "" },
		persistentVolumeReclaimPolicy: "Delete",
		storageClassName: "manual",
		volumeMode: "Filesystem",
	},
});

/** A pod that is up at once. */
export const pod = (name: string, more: object = {}) => ({
	apiVersion: "v1",
	kind: "Pod",
	metadata: { name, labels: { app: name } },
	spec: { containers: [{ name: "main", image: IMAGE, command: ["sh", "-c", UNTIL_TOLD], ...more }] },
});

export const configMap = (name: string, data: Record<string, unknown>, metadata: object = {}) => ({
	apiVersion: "v1",
	kind: "ConfigMap",
	metadata: { name, ...metadata },
	data,
});

/** A StatefulSet of nothing, valid; `spec` says otherwise. */
export const emptySet = (name: string, spec: object = {}, container: object = {}) => ({
	apiVersion: "apps/v1",
	kind: "StatefulSet",
	metadata: { name },
	spec: {
		replicas: 0,
		serviceName: "none",
		selector: { matchLabels: { app: name } },
		template: {
			metadata: { labels: { app: name } },
			spec: { containers: [{ name: "main", image: IMAGE, ...container }] },
		},
		...spec,
	},
});
