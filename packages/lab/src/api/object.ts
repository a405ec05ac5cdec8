import type { ObjectMeta as Metadata } from "kubernetes-types/meta/v1";
/** metadata of a stored object: name, uid and the like are always there once the API server took it in. */
export type ObjectMeta = Metadata & { name: string };

/** Any Kubernetes object, as JSON. Objects that come out of the store are deeply frozen: clone before changing one. */
export interface KubernetesObject {
	apiVersion: string;
	kind: string;
	metadata: ObjectMeta;
	[field: string]: unknown;
}
