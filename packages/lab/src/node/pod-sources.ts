import type { ConfigMap, PersistentVolume, PersistentVolumeClaim, Secret, Service } from "kubernetes-types/core/v1";
import { CONFIGMAPS, PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, SECRETS, SERVICES } from "../api/resources.ts";
import type { NodeContext, PodContext } from "./context.ts";
import type { EnvironmentSource } from "./environment.ts";
import type { StoredPod } from "./pod.ts";
import type { VolumeSource } from "./volumes.ts";

/** What a container's environment is made from, read from the API. */
export function environmentSource(context: PodContext): EnvironmentSource {
	const { api, allocatable, address } = context.node;
	const { metadata, spec } = context.pod();
	const namespace = metadata.namespace;
	const linked = spec.enableServiceLinks ?? true;
	const own = linked ? api.list<Service>(SERVICES, { namespace }) : [];
	const kubernetes = api.get<Service>(SERVICES, "default", "kubernetes");
	const others = own.filter((service) => namespace !== "default" || service.metadata?.name !== "kubernetes");
	return {
		podIP: context.address,
		hostIP: address,
		allocatable,
		configMap: (name) => api.get<ConfigMap>(CONFIGMAPS, namespace, name),
		secret: (name) => api.get<Secret>(SECRETS, namespace, name),
		services: [...(kubernetes ? [kubernetes] : []), ...others],
	};
}

/** What a pod's volumes are made from, read from the API. */
export function volumeSource(node: NodeContext, pod: StoredPod, podIP: string): VolumeSource {
	const { api, allocatable, address } = node;
	const { namespace, name, uid } = pod.metadata;
	return {
		podIP,
		hostIP: address,
		allocatable,
		configMap: (name) => api.get<ConfigMap>(CONFIGMAPS, namespace, name),
		secret: (name) => api.get<Secret>(SECRETS, namespace, name),
		claim: (name) => api.get<PersistentVolumeClaim>(PERSISTENTVOLUMECLAIMS, namespace, name),
		volume: (name) => api.get<PersistentVolume>(PERSISTENTVOLUMES, undefined, name),
		serviceAccountToken: (serviceAccount, audience, seconds) =>
			node.serviceAccountToken?.({ namespace, serviceAccount, audience, seconds, pod: { name, uid } }),
	};
}
