import type { Gateway } from "./gateway.ts";

const encode = (text: string): string => Buffer.from(text).toString("base64");
const decode = (base64: string): string => Buffer.from(base64, "base64").toString();

interface Pair {
	key: string;
	value?: string;
}

export async function put(etcd: Gateway, key: string, value: string): Promise<void> {
	await etcd.call("kv/put", { key: encode(key), value: encode(value) });
}

/** Linearizable; null where the key is not there. */
export async function read(etcd: Gateway, key: string): Promise<string | null> {
	return valueIn(await etcd.call("kv/range", { key: encode(key) }));
}

/** Every key below `prefix`, linearizable. */
export async function keysBelow(etcd: Gateway, prefix: string): Promise<Set<string>> {
	const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
	const answer = await etcd.call("kv/range", { key: encode(prefix), range_end: encode(end), keys_only: true });
	return new Set(((answer.kvs ?? []) as Pair[]).map(({ key }) => decode(key)));
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
