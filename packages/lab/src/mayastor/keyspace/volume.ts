import type { Random } from "./random.ts";

/** A storage node and its pool. */
export interface Place {
	node: string;
	address: string;
	pool: string;
	nqn: string;
}

interface Replica {
	uuid: string;
	place: Place;
}

const GIB = 2 ** 30;

/**
 * One volume's keys: VolumeSpec, a ReplicaSpec a replica, and for all but each tenth, which nobody has mounted yet,
 * its NexusSpec and nexus info.
 */
export function volumeKeys(random: Random, places: Place[]): [string, unknown][] {
	const uuid = random.uuid();
	const size = random.pick([1, 5, 10, 20, 50, 100]) * GIB;
	const first = random.integer(places.length);
	const replicas = Array.from({ length: Math.min(3, places.length) }, (_, index) => place(places, first + index)).map(
		(place): Replica => ({ uuid: random.uuid(), place }),
	);
	const nexus = random.integer(10) > 0 ? newNexus(random, replicas, places) : undefined;
	const keys: [string, unknown][] = replicas.map((replica) => [
		`ReplicaSpec/${replica.uuid}`,
		replicaSpec(uuid, size, replica, nexus),
	]);
	keys.push([`VolumeSpec/${uuid}`, volumeSpec(uuid, size, replicas.length, nexus)]);
	if (nexus) {
		keys.push([`NexusSpec/${nexus.uuid}`, nexusSpec(uuid, size, replicas, nexus)]);
		keys.push([`volume/${uuid}/nexus/${nexus.uuid}/info`, nexusInfo(replicas)]);
	}
	return keys;
}

/** The target that a volume's users talk to. */
interface Nexus {
	uuid: string;
	node: Place;
	/** the node whose pod has mounted the volume */
	user: Place;
	config: unknown;
}

function newNexus(random: Random, replicas: Replica[], places: Place[]): Nexus | undefined {
	const node = replicas[0]?.place;
	if (!node) return undefined;
	const start = 1 + random.integer(20);
	return {
		uuid: random.uuid(),
		node,
		user: place(places, random.integer(places.length)),
		config: {
			controllerIdRange: { start, end: start + 1 },
			reservationKey: `uint64:${random.uint64()}`,
			reservationType: "ExclusiveAccess",
			preemptPolicy: "Holder",
		},
	};
}

function place(places: Place[], index: number): Place {
	const found = places[index % places.length];
	if (!found) throw new RangeError("a volume needs at least one storage node");
	return found;
}

function volumeSpec(uuid: string, size: number, replicas: number, nexus: Nexus | undefined): unknown {
	const inclusion = { "openebs.io/created-by": "operator-diskpool" };
	return {
		uuid,
		size,
		labels: null,
		num_replicas: replicas,
		status: { Created: "Online" },
		policy: { self_heal: true },
		topology: { node: null, pool: { Labelled: { exclusion: {}, inclusion } } },
		last_nexus_id: null,
		operation: null,
		thin: true,
		target: nexus
			? {
					node: nexus.node.node,
					nexus: nexus.uuid,
					protocol: "nvmf",
					active: true,
					config: nexus.config,
					frontend: { host_acl: [{ node_name: nexus.user.node, node_nqn: nexus.user.nqn }] },
				}
			: null,
		publish_context: nexus ? { ioTimeout: "30" } : null,
		affinity_group: null,
	};
}

/** The replica on the nexus' own node is used in place, the others over the network. */
function isLocal(replica: Replica, nexus: Nexus | undefined): boolean {
	return nexus === undefined || replica.place.node === nexus.node.node;
}

function replicaSpec(volume: string, size: number, replica: Replica, nexus: Nexus | undefined): unknown {
	const local = isLocal(replica, nexus);
	return {
		name: replica.uuid,
		uuid: replica.uuid,
		size,
		pool: replica.place.pool,
		share: local ? "none" : "nvmf",
		thin: true,
		status: { Created: "online" },
		managed: true,
		owners: { volume, disown_all: false },
		operation: null,
		allowed_hosts: nexus && !local ? [nexus.node.nqn] : [],
	};
}

function nexusSpec(volume: string, size: number, replicas: Replica[], nexus: Nexus): unknown {
	return {
		uuid: nexus.uuid,
		name: volume,
		node: nexus.node.node,
		children: replicas.map((replica) => ({ Replica: { uuid: replica.uuid, share_uri: shareUri(replica, nexus) } })),
		size,
		spec_status: { Created: "Online" },
		share: "nvmf",
		managed: true,
		owner: volume,
		operation: null,
		nvmf_config: nexus.config,
		status_info: { shutdown_failed: false },
		allowed_hosts: [nexus.user.nqn],
	};
}

function shareUri(replica: Replica, nexus: Nexus): string {
	const { uuid, place } = replica;
	if (isLocal(replica, nexus)) return `bdev:///${uuid}?uuid=${uuid}`;
	return `nvmf://${place.address}:8420/nqn.2019-05.io.openebs:${uuid}?uuid=${uuid}`;
}

function nexusInfo(replicas: Replica[]): unknown {
	return { children: replicas.map(({ uuid }) => ({ healthy: true, uuid })), clean_shutdown: false };
}
