import { join } from "node:path";
import type { Container, Pod, PodSpec, PodStatus } from "kubernetes-types/core/v1";
import type { KubernetesObject, ObjectMeta } from "../api/object.ts";

/** A pod as the API server hands it out. */
export type StoredPod = Pod & {
	apiVersion: string;
	kind: string;
	metadata: ObjectMeta & { namespace: string; uid: string };
	spec: PodSpec;
	status?: PodStatus;
};

/** The pod for those who take any object. */
export const asObject = (pod: StoredPod): KubernetesObject => pod as unknown as KubernetesObject;

/** `mayastor-etcd-0_mayastor(<uid>)`, as the kubelet names pods in its messages. */
export const podLabel = ({ metadata }: StoredPod): string => `${metadata.name}_${metadata.namespace}(${metadata.uid})`;

/** The host name that the pod's processes see. */
export function podHostname({ metadata, spec }: StoredPod): string {
	if (spec.hostNetwork) return spec.nodeName ?? metadata.name;
	return (spec.hostname ?? metadata.name).slice(0, 63).replace(/[-.]+$/, "");
}

/** Where its logs are, below the node's own folder. */
export const podLogs = (folder: string, { metadata }: StoredPod): string =>
	join(folder, "logs", `${metadata.namespace}_${metadata.name}_${metadata.uid}`);

export const isFinished = ({ status }: StoredPod): boolean =>
	status?.phase === "Succeeded" || status?.phase === "Failed";

/** An init container that runs beside the others until the end. */
export const isSidecar = (container: Container): boolean => container.restartPolicy === "Always";

/** Seconds to the pod's end by its own wish. */
export const ownGrace = (pod: StoredPod): number => pod.spec.terminationGracePeriodSeconds ?? 30;

export const isTerminating = (pod: StoredPod): boolean => pod.metadata.deletionTimestamp !== undefined;

/** A moment as the API writes it, in whole seconds. */
export const apiTime = (moment: Date | number): string => `${new Date(moment).toISOString().slice(0, 19)}Z`;
