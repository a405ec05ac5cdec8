/** Tags of mvccpb.KeyValue's fields that come first: key (length-delimited), create and mod revision (varints). */
const KEY = 0x0a;
const CREATE_REVISION = 0x10;
const MOD_REVISION = 0x18;

/** A varint as a number, and where it ends. Undefined: cut off, or beyond 2^53. */
function varint(bytes: Uint8Array, start: number): readonly [value: number, end: number] | undefined {
	let value = 0;
	for (let i = 0; i < 8; i++) {
		const byte = bytes[start + i];
		if (byte === undefined) {
			return undefined;
		}
		value += (byte & 0x7f) * 2 ** (7 * i);
		if (byte < 0x80) {
			return Number.isSafeInteger(value) ? [value, start + i + 1] : undefined;
		}
	}
	return undefined;
}

/** The key of an encoded mvccpb.KeyValue, as a view; etcd writes it first. Undefined: it is not there, or cut off. */
export function keyOf(bytes: Uint8Array): Uint8Array | undefined {
	const length = bytes[0] === KEY ? varint(bytes, 1) : undefined;
	if (!length || length[1] + length[0] > bytes.length) {
		return undefined;
	}
	return bytes.subarray(length[1], length[1] + length[0]);
}

/** Key and mod revision of an encoded mvccpb.KeyValue, decoding nothing else. */
export function keyAndModRevision(bytes: Uint8Array): { key: Uint8Array; modRevision: number } | undefined {
	const key = keyOf(bytes);
	if (!key) {
		return undefined;
	}
	let at = key.byteOffset - bytes.byteOffset + key.length;
	if (bytes[at] === CREATE_REVISION) {
		at = varint(bytes, at + 1)?.[1] ?? bytes.length;
	}
	const modRevision = bytes[at] === MOD_REVISION ? varint(bytes, at + 1)?.[0] : undefined;
	return modRevision === undefined ? undefined : { key, modRevision };
}
