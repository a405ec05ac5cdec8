/** Text as an etcd key or value. */
export function bytes(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

export function text(bytes: Uint8Array): string {
	return new TextDecoder().decode(bytes);
}

/** The key range of all keys that begin with `prefix`. */
export function withPrefix(prefix: string): { key: Uint8Array; rangeEnd: Uint8Array } {
	const rangeEnd = bytes(prefix);
	rangeEnd[rangeEnd.length - 1] = (rangeEnd.at(-1) ?? 0) + 1;
	return { key: bytes(prefix), rangeEnd };
}
