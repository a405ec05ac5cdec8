import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type Counted, countedLosses } from "./counted.ts";
import { Gateway, NotSent } from "./gateway.ts";
import { ownKeysBelow, put, read, swap } from "./key-values.ts";
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
	/** Stops after the calls under way, reads each register through each of `members`, and looks for every key that was acknowledged on each. */
	finish(members: number): Promise<Recorded>;
	/**
	 * Stops after the calls under way, and looks for every key that was acknowledged in what is left: the own stores of these ordinals, of which
	 * those that do not answer are left out. What the member that lost its disk acknowledged after that is nobody's, and not looked for.
	 */
	salvage(ordinals: readonly number[], lost: { ordinal: number; since: number }): Promise<Recorded>;
	stop(): Promise<void>;
}

export interface Recorded {
	readonly history: readonly Operation[];
	readonly acknowledged: number;
	readonly unknown: number;
	/** what was acknowledged and is gone, a line each */
	readonly lost: readonly string[];
}

interface Acknowledged {
	/** of those that are written once */
	readonly key?: string;
	readonly revision: number;
	/** the ordinal; undefined: whichever the Service chose */
	readonly by: number | undefined;
	readonly at: number;
}

/** `dial`: a connection to the member of that ordinal, or to whichever the Service chooses. */
export function startLoad(
	seed: number,
	dial: (ordinal: number | undefined) => Promise<Duplex>,
	members: () => number,
	clients = 4,
): Load {
	const history: Operation[] = [];
	const acks: Acknowledged[] = [];
	/** the one that answers first, when nothing is wrong yet */
	const cluster = {};
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

	async function act(
		client: number,
		{ etcd, where }: { etcd: Gateway; where: () => number | undefined },
		chosen: Random,
		count: number,
		seen: Map<string, string>,
	) {
		const key = chosen.pick(REGISTERS);
		const value = `${client}-${count}`;
		const expected = seen.get(key);
		const kind = chosen.pick(["put", "put", "read", "read", "read", "swap", "once"]);
		if (kind === "once")
			return record(client, ONCE + value, { kind: "put", value }, async () => {
				const revision = await put(etcd, ONCE + value, value);
				acks.push({ key: ONCE + value, revision, by: where(), at: performance.now() });
				return { kind: "put", value };
			});
		if (kind === "put")
			return record(client, key, { kind, value }, async () => {
				const revision = await put(etcd, key, value);
				acks.push({ revision, by: where(), at: performance.now() });
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
		let ordinal: number | undefined;
		const etcd = new Gateway(
			() => {
				ordinal = chosen.chance(0.3) ? undefined : chosen.between(0, members() - 1);
				return dial(ordinal);
			},
			PATIENCE,
			cluster,
		);
		const place = { etcd, where: () => ordinal };
		const seen = new Map<string, string>();
		for (let count = 0; !stopping; count++) {
			if (chosen.chance(0.02)) etcd.close();
			await act(client, place, chosen, count, seen);
			await sleep(chosen.between(5, 50));
		}
		etcd.close();
	}

	const running = Array.from({ length: clients }, (_, client) => run(client));
	const stop = async () => {
		stopping = true;
		await Promise.all(running);
	};
	const recorded = (
		counted: readonly Counted[],
		how: "each" | "together",
		among: readonly Acknowledged[],
	): Recorded => {
		const unknown = history.filter(({ returned }) => returned === undefined).length;
		const keys = among.flatMap(({ key }) => key ?? []);
		const revision = among.reduce((most, one) => Math.max(most, one.revision), 0);
		const lost = countedLosses({ keys, revision }, counted, how);
		return { history, acknowledged: history.length - unknown, unknown, lost };
	};
	return {
		history,
		stop,
		async finish(count) {
			await stop();
			const counted: Counted[] = [];
			for (let ordinal = 0; ordinal < count; ordinal++) {
				const etcd = new Gateway(() => dial(ordinal), 4 * PATIENCE, cluster);
				for (const key of REGISTERS) {
					const called = performance.now();
					// it has applied all that was acknowledged before it answers
					const value = await read(etcd, key);
					history.push({ client: -1, key, called, returned: performance.now(), action: { kind: "read", value } });
				}
				counted.push({ member: ordinal, ...(await ownKeysBelow(etcd, ONCE)) });
				etcd.close();
			}
			return recorded(counted, "each", acks);
		},
		async salvage(ordinals, gone) {
			await stop();
			const counted: Counted[] = [];
			for (const ordinal of ordinals) {
				const etcd = new Gateway(() => dial(ordinal), 4 * PATIENCE, cluster);
				const own = await ownKeysBelow(etcd, ONCE).catch(() => undefined);
				if (own) counted.push({ member: ordinal, ...own });
				etcd.close();
			}
			const countable = acks.filter(({ by, at }) => at < gone.since || (by !== undefined && by !== gone.ordinal));
			return counted.length === 0 ? recorded([], "each", []) : recorded(counted, "together", countable);
		},
	};
}
