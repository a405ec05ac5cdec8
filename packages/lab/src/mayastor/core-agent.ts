import { setTimeout as sleep } from "node:timers/promises";
import type { EtcdGateway } from "./etcd-gateway.ts";
import { keyPrefix } from "./keyspace/keyspace.ts";

export interface CoreAgentOptions {
	gateway: EtcdGateway;
	clusterId: string;
	/** Between two keep-alives, in milliseconds. @default 2000 */
	interval?: number;
	/** Keep-alives until the lease is replaced by a new one. @default 3 */
	keepAlives?: number;
	/** Called every round: what it says of the pools. @default nothing */
	report?(): void;
	signal: AbortSignal;
}

/** in seconds; the agent's own */
const LEASE_TTL = 30;

/**
 * The part of Mayastor's core agent that never rests: it holds a lock by a lease, and says whose it is. In the lab
 * the agent is "restarted" every few seconds, so that lease keys come and go as they do over weeks in a real cluster.
 * Without etcd it waits and tries again.
 */
export async function runCoreAgent(options: CoreAgentOptions): Promise<void> {
	const { gateway, interval = 2000, keepAlives = 3, report, signal } = options;
	let lease: string | undefined;
	let left = 0;
	while (!signal.aborted) {
		try {
			report?.();
			if (lease !== undefined && left-- > 0) {
				if (!(await gateway.keepAlive(lease, signal))) lease = undefined;
			} else {
				const former = lease;
				lease = await takeOver(options);
				left = keepAlives;
				if (former !== undefined) await gateway.revoke(former, signal);
			}
		} catch {
			// etcd is away or has no leader; the lease lives on, or a new one will be taken
		}
		await sleep(interval, undefined, { signal }).catch(() => undefined);
	}
}

async function takeOver({ gateway, clusterId, signal }: CoreAgentOptions): Promise<string> {
	const lease = await gateway.grant(LEASE_TTL, signal);
	const id = BigInt(lease).toString(16);
	const prefix = keyPrefix(clusterId);
	const owner = { kind: "CoreAgent", lease_id: id, instance_name: `mayastor-agent-core-7c594ff676-${suffix(lease)}` };
	await gateway.put(
		[
			{ key: `${prefix}/StoreLeaseLock/CoreAgent/${id}`, value: "", lease },
			{ key: `${prefix}/StoreLeaseOwner/CoreAgent`, value: JSON.stringify(owner) },
		],
		signal,
	);
	return lease;
}

/** As a Deployment's pods end. */
function suffix(lease: string): string {
	const letters = "bcdfghjklmnpqrstvwxz2456789";
	const number = Number(BigInt(lease) % BigInt(letters.length ** 5));
	return Array.from(
		{ length: 5 },
		(_, place) => letters[Math.floor(number / letters.length ** place) % letters.length],
	).join("");
}
