import type { Node } from "kubernetes-types/core/v1";
import type { Api, GroupVersionResource } from "../api/api.ts";
import type { KubernetesObject } from "../api/object.ts";
import { CUSTOMRESOURCEDEFINITIONS, NODES } from "../api/resources.ts";
import { NAMESPACE } from "./names.ts";

export const DISKPOOLS: GroupVersionResource = { group: "openebs.io", version: "v1alpha1", resource: "diskpools" };

export interface DiskPool extends KubernetesObject {
	spec: { node: string; disks: string[] };
	status?: {
		state: string;
		cr_state: string;
		pool_status: "Online" | "Unknown";
		capacity: number;
		used: number;
		available: number;
	};
}

/** A pool on a node: the same in Kubernetes and in Mayastor's keys. */
export interface Pool {
	name: string;
	node: string;
	disks: string[];
	/** in bytes */
	capacity: number;
	used: number;
}

/** The guide's pools, in bytes. */
const CAPACITY = 374_710_730_752;
const USED = [22_561_161_216, 21_487_419_392, 21_793_603_584];

/** One pool a node: pool-0 on the first. */
export const poolsOn = (nodes: readonly string[]): Pool[] =>
	nodes.map((node, index) => ({
		name: `pool-${index}`,
		node,
		disks: ["/dev/nvme0n1"],
		capacity: CAPACITY,
		used: USED[index % USED.length] ?? 0,
	}));

/** What a user writes to have the pool. */
export const diskPool = ({ name, node, disks }: Pool): DiskPool => ({
	apiVersion: "openebs.io/v1alpha1",
	kind: "DiskPool",
	metadata: { name, namespace: NAMESPACE, finalizers: ["openebs.io/diskpool-protection"] },
	spec: { node, disks },
});

/** What the operator writes about each pool: Online, as long as its node is. */
export function reportPools(api: Api, pools: readonly Pool[]): void {
	if (!api.get(CUSTOMRESOURCEDEFINITIONS, undefined, "diskpools.openebs.io")) return;
	for (const { name, node, capacity, used } of pools) {
		const online = isReady(api, node);
		const status: NonNullable<DiskPool["status"]> = {
			state: online ? "Online" : "Unknown",
			cr_state: "Created",
			pool_status: online ? "Online" : "Unknown",
			capacity,
			used,
			available: capacity - used,
		};
		api.modify<DiskPool>(
			DISKPOOLS,
			NAMESPACE,
			name,
			(pool) => {
				pool.status = status;
			},
			"status",
		);
	}
}

const isReady = (api: Api, node: string): boolean =>
	api
		.get<Node>(NODES, undefined, node)
		?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
