import type { EtcdGateway } from "./etcd-gateway.ts";
import { type KeyspaceOptions, keyspace } from "./keyspace/keyspace.ts";

/** Below etcd's limit of 128 operations, and of 1.5 MiB a request. */
const BATCH = 100;

/** Writes Mayastor's keyspace; returns how many keys it has. */
export async function seed(gateway: EtcdGateway, options: KeyspaceOptions, signal?: AbortSignal): Promise<number> {
	const keys = keyspace(options);
	for (let start = 0; start < keys.length; start += BATCH) await gateway.put(keys.slice(start, start + BATCH), signal);
	return keys.length;
}
