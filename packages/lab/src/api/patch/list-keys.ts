import { claimSpec, conditions, labelSelector, objectMeta, podSpec, podStatus, podTemplate } from "./pod-shapes.ts";
import { applySet, atomic, free, keyed, map, patchKeyed, plain, type Shape, set, struct } from "./shape.ts";

const object = (fields: Readonly<Record<string, Shape>> = {}): Shape => struct({ metadata: objectMeta, ...fields });
const conditioned = struct({ conditions });
/** A kind with a status of its own, that writes to the object itself leave alone. */
const withStatus = (spec: Shape, status: Shape = plain): Shape => object({ spec, status });

const persistentVolumeSpec = struct({
	capacity: map,
	cephfs: struct({ secretRef: atomic }),
	cinder: struct({ secretRef: atomic }),
	csi: struct({
		controllerExpandSecretRef: atomic,
		controllerPublishSecretRef: atomic,
		nodeExpandSecretRef: atomic,
		nodePublishSecretRef: atomic,
		nodeStageSecretRef: atomic,
		volumeAttributes: map,
	}),
	flexVolume: struct({ options: map, secretRef: atomic }),
	iscsi: struct({ secretRef: atomic }),
	nodeAffinity: struct({ required: atomic }),
	rbd: struct({ secretRef: atomic }),
	scaleIO: struct({ secretRef: atomic }),
	storageos: struct({ secretRef: atomic }),
});

const persistentVolumeClaim = withStatus(
	claimSpec,
	struct({ allocatedResourceStatuses: map, allocatedResources: map, capacity: map, conditions }),
);

const workload = withStatus(struct({ selector: labelSelector, template: podTemplate }), conditioned);
const jobSpec = struct({ selector: labelSelector, template: podTemplate });
const ingressBackend = struct({ resource: atomic, service: struct({ port: atomic }) });
const roleBinding = object({ roleRef: atomic });
const webhooks = keyed(
	"name",
	struct({ matchConditions: keyed("name"), namespaceSelector: atomic, objectSelector: atomic }),
);

/**
 * The built-in kinds, by group and kind: where Kubernetes' own types say `patchStrategy`, `patchMergeKey`, `listType`,
 * `listMapKey`, `mapType` or `structType` in the version that is served.
 */
const kinds: Readonly<Record<string, Shape>> = {
	"/ConfigMap": object({ binaryData: map, data: map }),
	"/Endpoints": object(),
	"/Event": object({ involvedObject: atomic, related: atomic }),
	"/LimitRange": object(),
	"/Namespace": withStatus(plain, conditioned),
	"/Node": withStatus(
		struct({ podCIDRs: set }),
		struct({ addresses: keyed("type"), allocatable: map, capacity: map, conditions }),
	),
	"/PersistentVolume": withStatus(persistentVolumeSpec),
	"/PersistentVolumeClaim": persistentVolumeClaim,
	"/Pod": withStatus(podSpec, podStatus),
	"/PodTemplate": object({ template: podTemplate }),
	"/ReplicationController": withStatus(struct({ selector: atomic, template: podTemplate }), conditioned),
	"/ResourceQuota": withStatus(struct({ hard: map, scopeSelector: atomic }), struct({ hard: map, used: map })),
	"/Secret": object({ data: map, stringData: map }),
	"/Service": withStatus(
		struct({
			ports: keyed(["port", "protocol"], plain, { port: 0, protocol: "TCP" }),
			selector: atomic,
		}),
		conditioned,
	),
	"/ServiceAccount": object({ secrets: { list: { element: atomic, keys: ["name"], defaults: {}, mergeKey: "name" } } }),

	"apps/ControllerRevision": object(),
	"apps/DaemonSet": workload,
	"apps/Deployment": withStatus(
		struct({ selector: labelSelector, strategy: { strategy: "retainKeys" }, template: podTemplate }),
		conditioned,
	),
	"apps/ReplicaSet": workload,
	"apps/StatefulSet": workload,

	"batch/CronJob": withStatus(struct({ jobTemplate: struct({ metadata: objectMeta, spec: jobSpec }) })),
	"batch/Job": withStatus(
		jobSpec,
		struct({
			conditions: patchKeyed("type"),
			uncountedTerminatedPods: struct({ failed: applySet, succeeded: applySet }),
		}),
	),

	"policy/PodDisruptionBudget": withStatus(
		struct({ selector: { atomic: true, strategy: "replace" } }),
		struct({ conditions, disruptedPods: map }),
	),

	"rbac.authorization.k8s.io/ClusterRole": object(),
	"rbac.authorization.k8s.io/ClusterRoleBinding": roleBinding,
	"rbac.authorization.k8s.io/Role": object(),
	"rbac.authorization.k8s.io/RoleBinding": roleBinding,

	"storage.k8s.io/CSIDriver": object({ spec: struct({ volumeLifecycleModes: applySet }) }),
	"storage.k8s.io/CSINode": object({ spec: struct({ drivers: keyed("name") }) }),
	"storage.k8s.io/StorageClass": object({ parameters: map }),
	"storage.k8s.io/VolumeAttachment": withStatus(
		struct({ source: struct({ inlineVolumeSpec: persistentVolumeSpec }) }),
		struct({ attachmentMetadata: map }),
	),

	"admissionregistration.k8s.io/MutatingWebhookConfiguration": object({ webhooks }),
	"admissionregistration.k8s.io/ValidatingWebhookConfiguration": object({ webhooks }),
	"apiextensions.k8s.io/CustomResourceDefinition": withStatus(
		plain,
		struct({ conditions: { list: { element: plain, keys: ["type"], defaults: { type: "" } } } }),
	),
	"apiregistration.k8s.io/APIService": withStatus(plain, conditioned),
	"autoscaling/HorizontalPodAutoscaler": withStatus(plain, conditioned),
	"coordination.k8s.io/Lease": object(),
	"discovery.k8s.io/EndpointSlice": object(),
	"events.k8s.io/Event": object({ regarding: atomic, related: atomic }),
	"networking.k8s.io/Ingress": withStatus(struct({ defaultBackend: ingressBackend })),
	"networking.k8s.io/IngressClass": object(),
	"networking.k8s.io/NetworkPolicy": object({ spec: struct({ podSelector: labelSelector }) }),
	"scheduling.k8s.io/PriorityClass": object(),
};

const custom: Shape = { fields: { metadata: objectMeta }, values: free };

/** The shape of a built-in kind; undefined for any other. */
export const builtInShape = (kind: { group: string; kind: string }): Shape | undefined => {
	const name = `${kind.group}/${kind.kind}`;
	return Object.hasOwn(kinds, name) ? kinds[name] : undefined;
};

/** The shape of any kind: a custom resource without a schema has atomic lists and maps all the way down. */
export const shapeOf = (kind: { group: string; kind: string }): Shape => builtInShape(kind) ?? custom;
