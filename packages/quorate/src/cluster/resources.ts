import type { Resource } from "../kubernetes/client.ts";

const core = (resource: string): Resource => ({ group: "", version: "v1", resource });

export const STATEFULSETS: Resource = { group: "apps", version: "v1", resource: "statefulsets" };
export const STORAGECLASSES: Resource = { group: "storage.k8s.io", version: "v1", resource: "storageclasses" };
export const PODS = core("pods");
export const SERVICES = core("services");
export const SECRETS = core("secrets");
export const CONFIGMAPS = core("configmaps");
export const NAMESPACES = core("namespaces");
export const NODES = core("nodes");
export const PERSISTENTVOLUMECLAIMS = core("persistentvolumeclaims");
export const PERSISTENTVOLUMES = core("persistentvolumes");
export const PODDISRUPTIONBUDGETS: Resource = { group: "policy", version: "v1", resource: "poddisruptionbudgets" };
/** Mayastor's; the newest version first. */
export const DISKPOOLS = { group: "openebs.io", resource: "diskpools" };
export const DISKPOOL_VERSIONS = ["v1beta3", "v1beta2", "v1beta1", "v1alpha1"] as const;
