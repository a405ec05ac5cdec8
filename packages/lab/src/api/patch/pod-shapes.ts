import { applyKeyed, atomic, keyed, map, patchKeyed, plain, type Shape, set, struct } from "./shape.ts";

export const objectMeta = struct({
	annotations: map,
	finalizers: set,
	labels: map,
	ownerReferences: keyed("uid", atomic),
});

/** Label selectors have one owner as a whole. */
export const labelSelector = atomic;
export const conditions = keyed("type");

const secretRef = struct({ secretRef: atomic });
const podAffinity = plain;

const env = keyed(
	"name",
	struct({
		valueFrom: struct({
			configMapKeyRef: atomic,
			fieldRef: atomic,
			fileKeyRef: atomic,
			resourceFieldRef: atomic,
			secretKeyRef: atomic,
		}),
	}),
);

const resources = struct({ claims: applyKeyed("name"), limits: map, requests: map });

const container = struct({
	env,
	ports: keyed(["containerPort", "protocol"], plain, { containerPort: 0, protocol: "TCP" }),
	resources,
	volumeDevices: keyed("devicePath"),
	volumeMounts: keyed("mountPath"),
});

export const claimSpec = struct({
	dataSource: atomic,
	resources: struct({ limits: map, requests: map }),
	selector: labelSelector,
});

const volume = struct({
	cephfs: secretRef,
	cinder: secretRef,
	csi: struct({ nodePublishSecretRef: atomic, volumeAttributes: map }),
	ephemeral: struct({ volumeClaimTemplate: struct({ metadata: objectMeta, spec: claimSpec }) }),
	flexVolume: struct({ options: map, secretRef: atomic }),
	iscsi: secretRef,
	rbd: secretRef,
	scaleIO: secretRef,
	storageos: secretRef,
});

/** A list whose items are told apart by name and replaced in kind: a volume that becomes another sort of volume keeps nothing of the old. */
const retained = (element: Shape): Shape => keyed("name", { ...element, strategy: "retainKeys" });

export const podSpec = struct({
	affinity: struct({
		nodeAffinity: struct({ requiredDuringSchedulingIgnoredDuringExecution: atomic }),
		podAffinity,
		podAntiAffinity: podAffinity,
	}),
	containers: keyed("name", container),
	ephemeralContainers: keyed("name", container),
	hostAliases: keyed("ip"),
	imagePullSecrets: keyed("name", atomic),
	initContainers: keyed("name", container),
	nodeSelector: atomic,
	overhead: map,
	resourceClaims: retained(plain),
	resources,
	schedulingGates: keyed("name"),
	topologySpreadConstraints: keyed(["topologyKey", "whenUnsatisfiable"], struct({ labelSelector })),
	volumes: retained(volume),
});

export const podTemplate = struct({ metadata: objectMeta, spec: podSpec });

export const podStatus = struct({
	conditions,
	hostIPs: patchKeyed("ip"),
	podIPs: keyed("ip"),
	resourceClaimStatuses: retained(plain),
});
