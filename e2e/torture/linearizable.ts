import { found, type Operation, written } from "./operation.ts";
import { type Settled, settle } from "./settle.ts";

/** A key whose history no order explains, and the operation at which it came out. */
export interface Unexplained {
	readonly key: string;
	readonly operation: Operation;
	/** what the key could have held just before that returned */
	readonly possible: readonly (string | null)[];
}

/** One way in which all could have happened so far: what the key holds, and which of the open operations have taken effect. */
interface World {
	readonly value: string | null;
	/** positions of operations, rising */
	readonly done: readonly number[];
}

/**
 * Looks for an order of all operations on each key by itself that a single register could have had (Wing & Gong's search, breadth first, every
 * world remembered once); keys are independent of each other, so all together are linearizable where each is. Pure.
 *
 * @returns the keys for which there is none; empty: the history is linearizable
 */
export function unexplained(history: readonly Operation[]): Unexplained[] {
	const keys = new Map<string, Operation[]>();
	for (const operation of history) {
		const same = keys.get(operation.key);
		if (same) same.push(operation);
		else keys.set(operation.key, [operation]);
	}
	return [...keys.values()].flatMap((operations) => unexplainedOne(settle(operations)) ?? []);
}

function unexplainedOne(operations: readonly Settled[]): Unexplained | undefined {
	const events = operations.flatMap(({ called, returned }, at) => [
		{ time: called, at, returns: false },
		{ time: returned, at, returns: true },
	]);
	// at the same instant a call comes first: the two are then taken for concurrent
	events.sort((a, b) => a.time - b.time || Number(a.returns) - Number(b.returns));
	const open = new Set<number>();
	let worlds = new Map<string, World>([["", { value: null, done: [] }]]);
	for (const { at, returns } of events) {
		if (!returns) {
			open.add(at);
			continue;
		}
		const after = worldsAfter(worlds, at, open, operations);
		open.delete(at);
		const operation = operations[at];
		if (after.size === 0 && operation) {
			const possible = [...new Set([...worlds.values()].map(({ value }) => value))];
			return { key: operation.key, operation, possible };
		}
		worlds = after;
	}
	return undefined;
}

/** All worlds in which `at`, which returns now, has taken effect. */
function worldsAfter(
	worlds: ReadonlyMap<string, World>,
	at: number,
	open: ReadonlySet<number>,
	operations: readonly Settled[],
): Map<string, World> {
	const after = new Map<string, World>();
	const seen = new Set<string>();
	const left = [...worlds.values()];
	for (let world = left.pop(); world; world = left.pop()) {
		const name = nameOf(world);
		if (seen.has(name)) continue;
		seen.add(name);
		if (world.done.includes(at)) {
			const forgotten = { value: world.value, done: world.done.filter((one) => one !== at) };
			after.set(nameOf(forgotten), forgotten);
			continue;
		}
		for (const one of open) {
			const next = world.done.includes(one) ? undefined : effect(world, one, operations[one]);
			if (next) left.push(next);
		}
	}
	return after;
}

function effect({ value, done }: World, at: number, operation: Settled | undefined): World | undefined {
	if (!operation) return undefined;
	const expected = found(operation.action);
	if (expected !== undefined && expected !== value) return undefined;
	return { value: written(operation.action) ?? value, done: [...done, at].sort((a, b) => a - b) };
}

const nameOf = ({ value, done }: World): string => `${done.join()} ${value}`;
