import type { GroupVersionResource } from "./api.ts";

const core = (resource: string): GroupVersionResource => ({ group: "", version: "v1", resource });

/** The collections that the lab's own controllers and kubelets work with. */
export const PODS = core("pods");
export const NODES = core("nodes");
export const NAMESPACES = core("namespaces");
export const SERVICES = core("services");
export const ENDPOINTS = core("endpoints");
export const EVENTS = core("events");
export const CONFIGMAPS = core("configmaps");
export const SECRETS = core("secrets");
export const SERVICEACCOUNTS = core("serviceaccounts");
export const PERSISTENTVOLUMES = core("persistentvolumes");
export const PERSISTENTVOLUMECLAIMS = core("persistentvolumeclaims");
export const STORAGECLASSES: GroupVersionResource = {
	group: "storage.k8s.io",
	version: "v1",
	resource: "storageclasses",
};
export const STATEFULSETS: GroupVersionResource = { group: "apps", version: "v1", resource: "statefulsets" };
export const DEPLOYMENTS: GroupVersionResource = { group: "apps", version: "v1", resource: "deployments" };
export const REPLICASETS: GroupVersionResource = { group: "apps", version: "v1", resource: "replicasets" };
export const JOBS: GroupVersionResource = { group: "batch", version: "v1", resource: "jobs" };
export const CONTROLLERREVISIONS: GroupVersionResource = {
	group: "apps",
	version: "v1",
	resource: "controllerrevisions",
};
export const ENDPOINTSLICES: GroupVersionResource = {
	group: "discovery.k8s.io",
	version: "v1",
	resource: "endpointslices",
};
export const LEASES: GroupVersionResource = { group: "coordination.k8s.io", version: "v1", resource: "leases" };
export const CUSTOMRESOURCEDEFINITIONS: GroupVersionResource = {
	group: "apiextensions.k8s.io",
	version: "v1",
	resource: "customresourcedefinitions",
};
