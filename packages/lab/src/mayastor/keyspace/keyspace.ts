import type { Pool } from "../disk-pools.ts";
import { Random } from "./random.ts";
import { type Place, volumeKeys } from "./volume.ts";

export interface KeyValue {
	key: string;
	value: string;
}

export interface KeyspaceOptions {
	/** the namespace kube-system's uid, by which Mayastor tells clusters apart */
	clusterId: string;
	/** @default 200 */
	volumes?: number;
	/** each on a node of its own; a volume has a replica on three of them, or on all where there are fewer */
	pools: readonly Pool[];
	/** @default 1 */
	seed?: number;
}

/** `/openebs.io/mayastor/apis/v0/clusters/…/namespaces/mayastor`: every key but the oldest begins so */
export function keyPrefix(clusterId: string): string {
	return `/openebs.io/mayastor/apis/v0/clusters/${clusterId}/namespaces/mayastor`;
}

/**
 * What Mayastor keeps in etcd, as its documentation prints it: about six keys a volume, 4 KiB. The lease keys are the
 * core agent's.
 */
export function keyspace({ clusterId, volumes = 200, pools, seed = 1 }: KeyspaceOptions): KeyValue[] {
	const random = new Random(seed);
	const prefix = keyPrefix(clusterId);
	const places = pools.map(({ node, name }, index): Place => {
		return { node, address: `10.20.30.${56 + index}`, pool: name, nqn: nodeNqn(node) };
	});
	const keys: [string, unknown][] = [coreRegistry(random)];
	for (const { node, address, nqn } of places) {
		const endpoint = `${address}:10124`;
		keys.push([`NodeSpec/${node}`, { id: node, endpoint, labels: {}, node_nqn: nqn, draining_volumes: [] }]);
	}
	for (const pool of pools) keys.push([`PoolSpec/${pool.name}`, poolSpec(pool)]);
	for (let volume = 0; volume < volumes; volume++) keys.push(...volumeKeys(random, places));
	return keys.map(([key, value]) => ({ key: `${prefix}/${key}`, value: toJson(value) }));
}

function nodeNqn(node: string): string {
	return `nqn.2019-05.io.openebs:node-name:${node}`;
}

function coreRegistry(random: Random): [string, unknown] {
	const id = random.uuid();
	return [`CoreRegistryConfig/${id}`, { id, registration: "Automatic" }];
}

function poolSpec({ node, name, disks }: Pool): unknown {
	return {
		node,
		id: name,
		disks,
		status: { Created: "Online" },
		labels: { "openebs.io/created-by": "operator-diskpool" },
		operation: null,
	};
}

/**
 * Reservation keys are unsigned 64-bit numbers, more than a JavaScript number holds: strings marked as such lose
 * their quotes.
 */
function toJson(value: unknown): string {
	return JSON.stringify(value).replace(/"uint64:(\d+)"/g, "$1");
}
