import {
	count,
	flag,
	integer,
	list,
	long,
	map,
	name,
	object,
	quantity,
	type Schema,
	text,
} from "../kubernetes/schema.ts";
import * as resources from "./resources.ts";

/** Of each kind that is read, all that is looked at. An API server keeps to it; what answers in its place need not. */
const labels = map(text);
const uid = text;
const named = object({ name, labels, annotations: labels, creationTimestamp: text, deletionTimestamp: text }, "name");

/** Of what is deleted: its uid is the condition. */
const deletable = object(
	{ name, uid, labels, annotations: labels, creationTimestamp: text, deletionTimestamp: text },
	...["name", "uid"],
);

const requirements = list(object({ key: text, operator: text, values: list(text) }, "key"));
const labelSelector = object({ matchLabels: labels, matchExpressions: requirements });
const nodeSelector = object(
	{ nodeSelectorTerms: list(object({ matchExpressions: requirements, matchFields: requirements })) },
	"nodeSelectorTerms",
);

const handler = { exec: object({ command: list(text) }), httpGet: object({ path: text }) };
const lifecycle = object({ postStart: object(handler), preStop: object(handler) });

const container = object(
	{
		name: text,
		image: text,
		command: list(text),
		args: list(text),
		env: list(
			object(
				{
					name: text,
					value: text,
					valueFrom: object({
						fieldRef: object({ fieldPath: text }, "fieldPath"),
						secretKeyRef: object({ name: text, key: text, optional: flag }, "key"),
						configMapKeyRef: object({ name: text, key: text, optional: flag }, "key"),
					}),
				},
				"name",
			),
		),
		envFrom: list(object({ prefix: text, configMapRef: object({ name: text }), secretRef: object({ name: text }) })),
		ports: list(object({ name: text, containerPort: count })),
		readinessProbe: object(handler),
		lifecycle,
		volumeMounts: list(object({ name: text, mountPath: text, subPath: text, subPathExpr: text }, "name", "mountPath")),
	},
	"name",
);

const items = list(object({ key: text, path: text }, "key", "path"));
const volume = object(
	{
		name: text,
		secret: object({ secretName: text, items }),
		configMap: object({ name: text, items }),
		hostPath: object({ path: text }, "path"),
		persistentVolumeClaim: object({ claimName: text }, "claimName"),
		projected: object({
			sources: list(object({ secret: object({ name: text, items }), configMap: object({ name: text, items }) })),
		}),
	},
	"name",
);

const podSpec = object(
	{
		containers: list(container),
		initContainers: list(container),
		volumes: list(volume),
		nodeName: text,
		serviceAccountName: text,
		nodeSelector: labels,
		tolerations: list(object({ key: text, operator: text, value: text, effect: text })),
		readinessGates: list(object({ conditionType: text })),
		affinity: object({
			nodeAffinity: object({ requiredDuringSchedulingIgnoredDuringExecution: nodeSelector }),
			podAntiAffinity: object({
				requiredDuringSchedulingIgnoredDuringExecution: list(object({ topologyKey: text, labelSelector })),
			}),
		}),
	},
	"containers",
);

export const podTemplate = object({ metadata: object({ labels, annotations: labels }), spec: podSpec });

export const updateStrategy = object({ type: text, rollingUpdate: object({ partition: count }) });

const claimTemplate = object(
	{
		metadata: named,
		spec: object({
			storageClassName: text,
			accessModes: list(text),
			volumeMode: text,
			selector: labelSelector,
			resources: object({ requests: map(quantity) }),
		}),
	},
	"metadata",
);

const statefulSet = object(
	{
		metadata: object(
			{ name, namespace: name, uid, generation: long, labels, annotations: labels, deletionTimestamp: text },
			...["name", "namespace", "uid"],
		),
		spec: object({
			replicas: count,
			ordinals: object({ start: count }),
			serviceName: text,
			podManagementPolicy: text,
			persistentVolumeClaimRetentionPolicy: object({ whenScaled: text }),
			updateStrategy,
			template: podTemplate,
			volumeClaimTemplates: list(claimTemplate),
		}),
		status: object({ observedGeneration: long, currentRevision: text, updateRevision: text }),
	},
	"metadata",
);

const containerStatuses = list(
	object(
		{
			name: text,
			restartCount: count,
			state: object({
				running: object({}),
				waiting: object({ reason: text, message: text }),
				terminated: object({ reason: text, exitCode: integer, message: text }),
			}),
		},
		"name",
	),
);

const pod = object(
	{
		metadata: object(
			{
				name,
				namespace: text,
				uid,
				labels,
				annotations: labels,
				deletionTimestamp: text,
				ownerReferences: list(object({ uid }, "uid")),
			},
			...["name", "uid"],
		),
		spec: object({
			nodeName: text,
			serviceAccountName: text,
			containers: list(container),
			initContainers: list(container),
			volumes: list(volume),
		}),
		status: object({
			phase: text,
			podIP: text,
			podIPs: list(object({ ip: text })),
			hostIP: text,
			hostIPs: list(object({ ip: text })),
			conditions: list(object({ type: text, status: text, reason: text, message: text })),
			containerStatuses,
			initContainerStatuses: containerStatuses,
		}),
	},
	"metadata",
);

const claim = object(
	{ metadata: deletable, spec: object({ volumeName: text }), status: object({ phase: text }) },
	"metadata",
);

const persistentVolume = object(
	{
		metadata: deletable,
		spec: object({
			capacity: map(quantity),
			accessModes: list(text),
			storageClassName: text,
			volumeMode: text,
			persistentVolumeReclaimPolicy: text,
			claimRef: object({ namespace: text, name: text }),
			hostPath: object({ path: text }, "path"),
			local: object({ path: text }, "path"),
			nodeAffinity: object({ required: nodeSelector }),
		}),
		status: object({ phase: text }),
	},
	"metadata",
);

const node = object(
	{
		metadata: named,
		spec: object({
			unschedulable: flag,
			taints: list(object({ key: text, value: text, effect: text }, "key", "effect")),
		}),
		status: object({ conditions: list(object({ type: text, status: text })) }),
	},
	"metadata",
);

const data = object({ data: map(text) });

/** By the plural of the resource. */
export const OBJECT_SCHEMAS: ReadonlyMap<string, Schema> = new Map([
	[resources.STATEFULSETS.resource, statefulSet],
	[resources.PODS.resource, pod],
	[resources.PERSISTENTVOLUMECLAIMS.resource, claim],
	[resources.PERSISTENTVOLUMES.resource, persistentVolume],
	[resources.NODES.resource, node],
	[
		resources.SERVICES.resource,
		object({ metadata: named, spec: object({ selector: labels, publishNotReadyAddresses: flag }) }),
	],
	[resources.STORAGECLASSES.resource, object({ metadata: named, provisioner: text }, "metadata")],
	[resources.SECRETS.resource, data],
	[resources.CONFIGMAPS.resource, data],
	[
		resources.PODDISRUPTIONBUDGETS.resource,
		object({ metadata: named, spec: object({ selector: labelSelector }) }, "metadata"),
	],
	[
		resources.DISKPOOLS.resource,
		object(
			{
				metadata: named,
				spec: object({ node: text }),
				status: object({ pool_status: text, state: text }),
			},
			"metadata",
		),
	],
]);
