import type { PersistentVolume, VolumeNodeAffinity } from "kubernetes-types/core/v1";
import type { StorageClass } from "kubernetes-types/storage/v1";
import { ANNOTATIONS, CAPACITY, MANUAL_CLASS, NAMESPACE, podName, VOLUME } from "./names.ts";

/** On its node. */
export const etcdVolumePath = (ordinal: number): string => `/var/local/mayastor/etcd/pod-${ordinal}`;

/**
 * The volume of one ordinal, as the guide's YAML has it: bound beforehand to the claim it is meant for, and to a node where one
 * is given.
 *
 * @param options.claimOf the ordinal whose claim is bound to it. @default the same
 */
export function etcdVolume(
	ordinal: number,
	{ node, claimOf = ordinal }: { node?: string; claimOf?: number } = {},
): PersistentVolume {
	return {
		apiVersion: "v1",
		kind: "PersistentVolume",
		metadata: {
			name: `etcd-volume-${ordinal}`,
			annotations: { ...ANNOTATIONS, "pv.kubernetes.io/bound-by-controller": "yes" },
			finalizers: ["kubernetes.io/pv-protection"],
			labels: { "app.kubernetes.io/managed-by": "Helm", "statefulset.kubernetes.io/pod-name": podName(ordinal) },
		},
		spec: {
			accessModes: ["ReadWriteOnce"],
			capacity: { storage: CAPACITY },
			claimRef: {
				apiVersion: "v1",
				kind: "PersistentVolumeClaim",
				name: `${VOLUME}-${podName(claimOf)}`,
				namespace: NAMESPACE,
			},
			hostPath: { path: etcdVolumePath(ordinal), type: "" },
			...(node === undefined ? {} : { nodeAffinity: onNode(node) }),
			persistentVolumeReclaimPolicy: "Delete",
			storageClassName: MANUAL_CLASS,
			volumeMode: "Filesystem",
		},
	};
}

function onNode(node: string): VolumeNodeAffinity {
	const matchExpressions = [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }];
	return { required: { nodeSelectorTerms: [{ matchExpressions }] } };
}

/** Volumes made by hand: nothing provisions them. */
export function manualClass(): StorageClass {
	return {
		apiVersion: "storage.k8s.io/v1",
		kind: "StorageClass",
		metadata: { name: MANUAL_CLASS },
		provisioner: "kubernetes.io/no-provisioner",
		reclaimPolicy: "Delete",
		volumeBindingMode: "Immediate",
	};
}

/** The lab's own: a folder on the node that the pod was given to. */
export function standardClass(): StorageClass {
	return {
		apiVersion: "storage.k8s.io/v1",
		kind: "StorageClass",
		metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
		provisioner: "quorate.dev/hostpath",
		reclaimPolicy: "Delete",
		volumeBindingMode: "WaitForFirstConsumer",
	};
}
