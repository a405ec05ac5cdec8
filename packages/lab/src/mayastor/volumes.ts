import type { PersistentVolume } from "kubernetes-types/core/v1";
import type { StorageClass } from "kubernetes-types/storage/v1";
import { ANNOTATIONS, CAPACITY, MANUAL_CLASS, NAMESPACE, podName, VOLUME } from "./names.ts";

/** The volume of one ordinal, as the guide's YAML has it: bound beforehand to the claim it is meant for. */
export function etcdVolume(ordinal: number): PersistentVolume {
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
				name: `${VOLUME}-${podName(ordinal)}`,
				namespace: NAMESPACE,
			},
			hostPath: { path: `/var/local/mayastor/etcd/pod-${ordinal}`, type: "" },
			persistentVolumeReclaimPolicy: "Delete",
			storageClassName: MANUAL_CLASS,
			volumeMode: "Filesystem",
		},
	};
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
