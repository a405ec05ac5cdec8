import { fromBinary } from "@bufbuild/protobuf";
import { type KeyValue, KeyValueSchema } from "../../generated/kv_pb.ts";
import type { RawRangeResponse } from "../etcd/member-client.ts";
import type { DifferenceKind, KeyDifference } from "./key-difference.ts";

const FIELDS = ["modRevision", "createRevision", "version", "lease"] as const;

/** `undefined`: the member does not hold the key. */
type Held = KeyValue | undefined;

function differing(a: Held, b: Held): DifferenceKind | undefined {
	if (!a || !b) {
		return a === b ? undefined : "missing";
	}
	const field = FIELDS.find((name) => a[name] !== b[name]);
	if (field) {
		return field;
	}
	return Buffer.compare(a.value, b.value) === 0 ? undefined : "value";
}

/** How the members' versions of one key differ, if they do. */
export function differenceOf(
	names: readonly string[],
	key: Uint8Array,
	held: readonly Held[],
): KeyDifference | undefined {
	const agreeing = (kv: Held) => held.filter((other) => !differing(kv, other)).length;
	// sort is stable: of equally many, the first member's.
	const [most] = [...held].sort((a, b) => agreeing(b) - agreeing(a));
	const odd = held.findIndex((kv) => differing(most, kv));
	if (odd === -1) {
		return undefined;
	}
	const kind = most === undefined ? "extra" : (differing(most, held[odd]) ?? "value");
	return { kind, key, members: names.filter((_, i) => differing(most, held[i])) };
}

/** Up to where all pages reach. Undefined: to the end. */
export function horizon(pages: readonly RawRangeResponse[]): Uint8Array | undefined {
	let least: Uint8Array | undefined;
	for (const { more, lastKey } of pages) {
		if (more && lastKey && (!least || Buffer.compare(lastKey, least) < 0)) {
			least = lastKey;
		}
	}
	return least;
}

/** Compares pages key by key, up to where all reach. */
export function comparePages(names: readonly string[], pages: readonly RawRangeResponse[]) {
	const end = horizon(pages);
	const byKey = new Map<string, Held[]>();
	pages.forEach((page, i) => {
		for (const raw of page.kvs) {
			const kv = fromBinary(KeyValueSchema, raw);
			if (end && Buffer.compare(kv.key, end) > 0) {
				break;
			}
			const name = Buffer.from(kv.key).toString("latin1");
			const held = byKey.get(name) ?? names.map(() => undefined);
			held[i] = kv;
			byKey.set(name, held);
		}
	});
	const differences: KeyDifference[] = [];
	for (const [name, held] of [...byKey].sort(([a], [b]) => (a < b ? -1 : 1))) {
		const difference = differenceOf(names, Buffer.from(name, "latin1"), held);
		if (difference) {
			differences.push(difference);
		}
	}
	return { keys: byKey.size, differences };
}
