import type { Gateway } from "./gateway.ts";

const encode = (text: string): string => Buffer.from(text).toString("base64");
const decode = (base64: string): string => Buffer.from(base64, "base64").toString();

interface Pair {
	key: string;
	value?: string;
}

/** @returns the revision at which it was put */
export async function put(etcd: Gateway, key: string, value: string): Promise<number> {
	return revisionOf(await etcd.call("kv/put", { key: encode(key), value: encode(value) }));
}

const revisionOf = ({ header }: Record<string, unknown>): number =>
	Number((header as { revision?: string } | undefined)?.revision ?? 0);

/** Linearizable; null where the key is not there. */
export async function read(etcd: Gateway, key: string): Promise<string | null> {
	return valueIn(await etcd.call("kv/range", { key: encode(key) }));
}

/** Every key below `prefix` in that member's own store, whether or not it has a leader, and the store's revision. */
export async function ownKeysBelow(etcd: Gateway, prefix: string): Promise<{ keys: Set<string>; revision: number }> {
	const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
	const request = { key: encode(prefix), range_end: encode(end), keys_only: true, serializable: true };
	const answer = await etcd.call("kv/range", request);
	const keys = new Set(((answer.kvs ?? []) as Pair[]).map(({ key }) => decode(key)));
	return { keys, revision: revisionOf(answer) };
}

/** Puts `value` where the key holds `expected`; what it held otherwise. */
export async function swap(
	etcd: Gateway,
	key: string,
	expected: string,
	value: string,
): Promise<{ swapped: true } | { swapped: false; found: string | null }> {
	const answer = await etcd.call("kv/txn", {
		compare: [{ key: encode(key), target: "VALUE", result: "EQUAL", value: encode(expected) }],
		success: [{ requestPut: { key: encode(key), value: encode(value) } }],
		failure: [{ requestRange: { key: encode(key) } }],
	});
	if (answer.succeeded === true) return { swapped: true };
	const [first] = (answer.responses ?? []) as Record<string, Record<string, unknown>>[];
	// the field's name is not the same in all versions
	const range = first?.response_range ?? first?.responseRange;
	if (!range) throw new Error("the transaction's answer says neither what it did nor what it found");
	return { swapped: false, found: valueIn(range) };
}

function valueIn(range: Record<string, unknown>): string | null {
	const [pair] = (range.kvs ?? []) as Pair[];
	return pair ? decode(pair.value ?? "") : null;
}
