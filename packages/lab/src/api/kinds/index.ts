import { customresourcedefinitions } from "../custom/definition-kind.ts";
import type { ResourceKind } from "../machinery/kind.ts";
import { persistentvolumeclaims } from "./claim.ts";
import { configmaps, secrets, serviceaccounts } from "./config.ts";
import { deployments } from "./deployment.ts";
import { endpoints, endpointslices } from "./endpoints.ts";
import { events } from "./event.ts";
import { jobs } from "./job.ts";
import { namespaces } from "./namespace.ts";
import { nodes } from "./node.ts";
import { pods } from "./pod.ts";
import { clusterrolebindings, clusterroles, rolebindings, roles } from "./rbac.ts";
import { replicasets } from "./replicaset.ts";
import {
	localsubjectaccessreviews,
	selfsubjectaccessreviews,
	selfsubjectreviews,
	selfsubjectrulesreviews,
	subjectaccessreviews,
} from "./reviews.ts";
import { services } from "./service.ts";
import { statefulsets } from "./statefulset.ts";
import { storageclasses } from "./storage-class.ts";
import { persistentvolumes } from "./volume.ts";
import { controllerrevisions, leases, poddisruptionbudgets } from "./workload.ts";

/** Every kind that the server starts with. */
export const KINDS: readonly ResourceKind[] = [
	...[configmaps, endpoints, events, namespaces, nodes, persistentvolumeclaims, persistentvolumes, pods],
	...[secrets, serviceaccounts, services],
	...[controllerrevisions, deployments, replicasets, statefulsets],
	...[jobs],
	...[selfsubjectreviews],
	...[localsubjectaccessreviews, selfsubjectaccessreviews, selfsubjectrulesreviews, subjectaccessreviews],
	...[leases, endpointslices, poddisruptionbudgets],
	...[clusterrolebindings, clusterroles, rolebindings, roles],
	...[storageclasses],
	...[customresourcedefinitions],
];
