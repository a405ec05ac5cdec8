import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Gateway, NotSent } from "./gateway.ts";
import { keysBelow, put, read, swap } from "./key-values.ts";
import { type Action, type Operation, written } from "./operation.ts";
import { type Random, random } from "./random.ts";

/** Milliseconds that a client waits for an answer. */
const PATIENCE = 2500;
const REGISTERS = ["/torture/register/0", "/torture/register/1", "/torture/register/2"] as const;
/** Keys that are written once and stay. */
const ONCE = "/torture/once/";

export interface Load {
	/** what was called, of which some may still be under way */
	readonly history: readonly Operation[];
	/** Stops after the calls under way, reads each register through each of `members`, and looks for every key that was acknowledged. */
	finish(members: number): Promise<Recorded>;
	stop(): Promise<void>;
}

export interface Recorded {
	readonly history: readonly Operation[];
	readonly acknowledged: number;
	readonly unknown: number;
	/** keys that were acknowledged, and are gone */
	readonly lost: readonly string[];
}

/** `dial`: a connection to the member of that ordinal, or to whichever the Service chooses. */
export function startLoad(
	seed: number,
	dial: (ordinal: number | undefined) => Promise<Duplex>,
	members: () => number,
	clients = 4,
): Load {
	const history: Operation[] = [];
	const once: string[] = [];
	let stopping = false;

	/** One call; what came of it goes into the history. An answer that is no answer to a read tells nothing. */
	async function record(client: number, key: string, wanted: Action, call: () => Promise<Action>): Promise<void> {
		const called = performance.now();
		try {
			const action = await call();
			history.push({ client, key, called, returned: performance.now(), action });
		} catch (error) {
			if (!(error instanceof NotSent) && written(wanted) !== undefined)
				history.push({ client, key, called, returned: undefined, action: wanted });
			await sleep(100);
		}
	}

	async function act(client: number, etcd: Gateway, chosen: Random, count: number, seen: Map<string, string>) {
		const key = chosen.pick(REGISTERS);
		const value = `${client}-${count}`;
		const expected = seen.get(key);
		const kind = chosen.pick(["put", "put", "read", "read", "read", "swap", "once"]);
		if (kind === "once")
			return record(client, ONCE + value, { kind: "put", value }, async () => {
				await put(etcd, ONCE + value, value);
				once.push(ONCE + value);
				return { kind: "put", value };
			});
		if (kind === "put")
			return record(client, key, { kind, value }, async () => {
				await put(etcd, key, value);
				return { kind, value };
			});
		const remember = (found: string | null): Action => {
			if (found === null) seen.delete(key);
			else seen.set(key, found);
			return { kind: "read", value: found };
		};
		if (kind === "swap" && expected !== undefined)
			return record(client, key, { kind, expected, value }, async () => {
				const outcome = await swap(etcd, key, expected, value);
				if (!outcome.swapped) return remember(outcome.found);
				seen.set(key, value);
				return { kind, expected, value };
			});
		return record(client, key, { kind: "read", value: null }, async () => remember(await read(etcd, key)));
	}

	async function run(client: number): Promise<void> {
		const chosen = random(seed * 31 + client);
		// most speak to one member, of which one may be cut off, frozen, or no member any more
		const etcd = new Gateway(() => dial(chosen.chance(0.3) ? undefined : chosen.between(0, members() - 1)), PATIENCE);
		const seen = new Map<string, string>();
		for (let count = 0; !stopping; count++) {
			if (chosen.chance(0.02)) etcd.close();
			await act(client, etcd, chosen, count, seen);
			await sleep(chosen.between(5, 50));
		}
		etcd.close();
	}

	const running = Array.from({ length: clients }, (_, client) => run(client));
	const stop = async () => {
		stopping = true;
		await Promise.all(running);
	};
	return {
		history,
		stop,
		async finish(count) {
			await stop();
			let left = new Set<string>();
			for (let ordinal = 0; ordinal < count; ordinal++) {
				const etcd = new Gateway(() => dial(ordinal), 4 * PATIENCE);
				for (const key of REGISTERS) {
					const called = performance.now();
					const value = await read(etcd, key);
					history.push({ client: -1, key, called, returned: performance.now(), action: { kind: "read", value } });
				}
				left = await keysBelow(etcd, ONCE);
				etcd.close();
			}
			const unknown = history.filter(({ returned }) => returned === undefined).length;
			const lost = once.filter((key) => !left.has(key));
			return { history, acknowledged: history.length - unknown, unknown, lost };
		},
	};
}
