import type { JsonObject } from "../json.ts";

const template = { metadata: {}, spec: { containers: null } };
const workload = { spec: { selector: null, template }, status: {} };

/**
 * Kubernetes writes some fields of an object even where nobody set them. They are there from the start, so that creating an
 * object does not make them anybody's.
 */
const implied: Readonly<Record<string, JsonObject>> = {
	"/Event": {
		involvedObject: {},
		source: {},
		eventTime: null,
		firstTimestamp: null,
		lastTimestamp: null,
		reportingComponent: "",
		reportingInstance: "",
	},
	"/LimitRange": { spec: { limits: null } },
	"/Namespace": { spec: {}, status: {} },
	"/Node": { spec: {}, status: { daemonEndpoints: { kubeletEndpoint: { Port: 0 } }, nodeInfo: {} } },
	"/PersistentVolume": { spec: {}, status: {} },
	"/PersistentVolumeClaim": { spec: { resources: {} }, status: {} },
	"/Pod": { spec: { containers: null }, status: {} },
	"/PodTemplate": { template },
	"/ReplicationController": { spec: {}, status: { replicas: 0 } },
	"/ResourceQuota": { spec: {}, status: {} },
	"/Service": { spec: {}, status: { loadBalancer: {} } },
	"apps/ControllerRevision": { data: null, revision: 0 },
	"apps/DaemonSet": { ...workload, spec: { ...workload.spec, updateStrategy: {} } },
	"apps/Deployment": { ...workload, spec: { ...workload.spec, strategy: {} } },
	"apps/ReplicaSet": { ...workload, status: { replicas: 0 } },
	"apps/StatefulSet": {
		spec: { ...workload.spec, serviceName: "", updateStrategy: {} },
		status: { availableReplicas: 0, replicas: 0 },
	},
	"autoscaling/HorizontalPodAutoscaler": {
		spec: { maxReplicas: 0, scaleTargetRef: { kind: "", name: "" } },
		status: { currentMetrics: null, desiredReplicas: 0 },
	},
	"batch/CronJob": { spec: { jobTemplate: { metadata: {}, spec: { template } }, schedule: "" }, status: {} },
	"batch/Job": { spec: { template }, status: {} },
	"coordination.k8s.io/Lease": { spec: {} },
	"discovery.k8s.io/EndpointSlice": { addressType: "", endpoints: null, ports: null },
	"networking.k8s.io/Ingress": { spec: {}, status: { loadBalancer: {} } },
	"networking.k8s.io/NetworkPolicy": { spec: { podSelector: {} } },
	"policy/PodDisruptionBudget": {
		spec: {},
		status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
	},
	"rbac.authorization.k8s.io/ClusterRole": { rules: null },
	"rbac.authorization.k8s.io/ClusterRoleBinding": { roleRef: { apiGroup: "", kind: "", name: "" } },
	"rbac.authorization.k8s.io/Role": { rules: null },
	"rbac.authorization.k8s.io/RoleBinding": { roleRef: { apiGroup: "", kind: "", name: "" } },
	"scheduling.k8s.io/PriorityClass": { value: 0 },
	"storage.k8s.io/CSIDriver": { spec: {} },
	"storage.k8s.io/CSINode": { spec: { drivers: null } },
	"storage.k8s.io/StorageClass": { provisioner: "" },
	"storage.k8s.io/VolumeAttachment": {
		spec: { attacher: "", nodeName: "", source: {} },
		status: { attached: false },
	},
};

/** An object of the kind before anyone has set anything. */
export const emptyObject = (kind: { group: string; kind: string }): JsonObject => ({
	metadata: {},
	...implied[`${kind.group}/${kind.kind}`],
});
