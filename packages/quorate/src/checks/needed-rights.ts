import type { ClusterAccess } from "../cluster/observe.ts";
import * as resources from "../cluster/resources.ts";
import type { Resource } from "../kubernetes/client.ts";
import { LEASES } from "../kubernetes/lease.ts";
import { checkRights, describeNeed, type Need } from "../kubernetes/rights.ts";

interface NeededVerbs {
	verbs: readonly string[];
	resource: Resource;
	subresource?: string;
	clusterWide?: boolean;
}

/** Every verb that a scaling uses; the ClusterRole in the docs is the same list. */
export const NEEDED_TO_SCALE: readonly NeededVerbs[] = [
	{ verbs: ["get", "list", "update"], resource: resources.STATEFULSETS },
	{ verbs: ["list", "create", "delete"], resource: resources.PODS },
	{ verbs: ["create", "get"], resource: resources.PODS, subresource: "portforward" },
	{ verbs: ["list", "delete"], resource: resources.PERSISTENTVOLUMECLAIMS },
	{ verbs: ["get"], resource: resources.SERVICES },
	{ verbs: ["get", "create", "update", "delete"], resource: LEASES },
	{ verbs: ["list", "create", "delete"], resource: resources.PERSISTENTVOLUMES, clusterWide: true },
	{ verbs: ["list"], resource: resources.NODES, clusterWide: true },
	{ verbs: ["list"], resource: resources.STORAGECLASSES, clusterWide: true },
];

/** Asks the API server for each; tells the verbs that are missing: `update statefulsets.apps in namespace mayastor`. */
export async function missingRights(cluster: ClusterAccess, options: { signal?: AbortSignal } = {}): Promise<string[]> {
	const needs = NEEDED_TO_SCALE.flatMap(({ verbs, resource, subresource, clusterWide }) =>
		verbs.map(
			(verb): Need => ({
				verb,
				resource,
				...(subresource ? { subresource } : {}),
				...(clusterWide ? {} : { namespace: cluster.namespace }),
			}),
		),
	);
	// only where etcd is spoken to with what they hold
	for (const name of cluster.found.secrets)
		needs.push({ verb: "get", resource: resources.SECRETS, namespace: cluster.namespace, name });
	return (await checkRights(cluster.client, needs, options)).map(describeNeed);
}
