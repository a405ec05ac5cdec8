import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { connectMember, type MemberClient, type MemberClientOptions } from "quorate";

export interface WriteReport {
	readonly sent: number;
	readonly failed: number;
	readonly slowestMs: number;
	/** what the failed ones were told, each once */
	readonly failures: readonly string[];
}

/** One write that has ended. */
export interface WriteSeen {
	/** when it was sent: milliseconds of performance.now() */
	readonly at: number;
	readonly ms: number;
	readonly failed: boolean;
}

export interface WriteLoad {
	/** Stops after the writes under way. */
	stop(): Promise<WriteReport>;
	/** Reads every acknowledged write back; the keys that are gone or hold something else. */
	lost(): Promise<readonly string[]>;
}

/** Milliseconds that a write may take before it counts as failed. */
const WRITE_TIMEOUT = 10_000;

/** `clients` clients, each with a connection of its own, each writing one key after the other. */
export function startWriteLoad(
	dial: () => Promise<Duplex>,
	options: {
		clients?: number;
		pauseMs?: number;
		access?: Pick<MemberClientOptions, "tls" | "auth">;
		onWrite?: (write: WriteSeen) => void;
	} = {},
): WriteLoad {
	const { clients = 4, pauseMs = 20, access = {}, onWrite } = options;
	const acknowledged = new Map<string, string>();
	const failures = new Set<string>();
	let sent = 0;
	let failed = 0;
	let slowestMs = 0;
	let stopping = false;
	const connections: MemberClient[] = [];

	async function write(client: MemberClient, number: number): Promise<void> {
		for (let count = 0; !stopping; count++) {
			const key = `/quorate/load/${number}/${count % 50}`;
			const value = `${number}-${count}`;
			const began = performance.now();
			let done = false;
			sent++;
			try {
				await client.put(Buffer.from(key), Buffer.from(value), { timeoutMs: WRITE_TIMEOUT });
				acknowledged.set(key, value);
				done = true;
			} catch (error) {
				failed++;
				failures.add(error instanceof Error ? error.message : String(error));
				acknowledged.delete(key);
			}
			const ms = performance.now() - began;
			slowestMs = Math.max(slowestMs, ms);
			onWrite?.({ at: began, ms, failed: !done });
			await sleep(pauseMs);
		}
	}

	const running = Array.from({ length: clients }, (_, number) => {
		const client = connectMember({ name: `client ${number}`, dial, ...access });
		connections.push(client);
		return write(client, number);
	});

	return {
		async stop() {
			stopping = true;
			await Promise.all(running);
			for (const client of connections) client.close();
			return { sent, failed, slowestMs: Math.round(slowestMs * 10) / 10, failures: [...failures] };
		},
		async lost() {
			const client = connectMember({ name: "reader", dial, ...access });
			try {
				const lost: string[] = [];
				for (const [key, value] of acknowledged) {
					const { kvs } = await client.range({ key: Buffer.from(key) });
					if (Buffer.from(kvs[0]?.value ?? []).toString() !== value) lost.push(key);
				}
				return lost;
			} finally {
				client.close();
			}
		},
	};
}
