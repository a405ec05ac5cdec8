import type { ClusterAccess } from "../cluster/observe.ts";
import * as resources from "../cluster/resources.ts";
import type { Resource } from "../kubernetes/client.ts";
import { LEASES } from "../kubernetes/lease.ts";
import { checkRights, describeNeed, type Need } from "../kubernetes/rights.ts";

/** Verbs on one kind, in the cluster's namespace unless `clusterWide`. */
export interface NeededVerbs {
	readonly verbs: readonly string[];
	readonly resource: Resource;
	readonly subresource?: string;
	readonly clusterWide?: boolean;
	/** no use where a provisioner makes the volumes. @default false */
	readonly forStaticVolumes?: boolean;
}

/** Every verb of the commands that change nothing. Connections to members are GET as a WebSocket, POST to some API servers. */
export const NEEDED_TO_LOOK: readonly NeededVerbs[] = [
	{ verbs: ["get", "list"], resource: resources.STATEFULSETS },
	{ verbs: ["list"], resource: resources.PODS },
	{ verbs: ["create", "get"], resource: resources.PODS, subresource: "portforward" },
	{ verbs: ["list"], resource: resources.PERSISTENTVOLUMECLAIMS },
	{ verbs: ["get"], resource: resources.SERVICES },
	{ verbs: ["list"], resource: resources.PERSISTENTVOLUMES, clusterWide: true },
	{ verbs: ["list"], resource: resources.NODES, clusterWide: true },
	{ verbs: ["list"], resource: resources.STORAGECLASSES, clusterWide: true },
];

/** Every verb that a scaling uses. */
export const NEEDED_TO_SCALE: readonly NeededVerbs[] = [
	...NEEDED_TO_LOOK,
	{ verbs: ["update"], resource: resources.STATEFULSETS },
	{ verbs: ["delete"], resource: resources.PODS },
	{ verbs: ["create"], resource: resources.PODS, forStaticVolumes: true },
	{ verbs: ["delete"], resource: resources.PERSISTENTVOLUMECLAIMS },
	{ verbs: ["get", "create", "update", "delete"], resource: LEASES },
	{
		verbs: ["create", "patch", "delete"],
		resource: resources.PERSISTENTVOLUMES,
		clusterWide: true,
		forStaticVolumes: true,
	},
];

/** Of what {@link missingRights} says: `create pods in namespace mayastor`, `delete persistentvolumes in the whole cluster`. */
export const isForStaticVolumes = (missing: string): boolean =>
	NEEDED_TO_SCALE.some(
		({ verbs, resource, forStaticVolumes }) =>
			forStaticVolumes && verbs.some((verb) => missing.startsWith(`${verb} ${resource.resource} `)),
	);

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
