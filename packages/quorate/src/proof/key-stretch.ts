const TO_THE_END = Uint8Array.of(0);
/** etcd counts all keys of a range for each page of it: so many times a page's keys that may cost. */
const WIDEST = 16;
/** Fewer are counted sooner than another page is asked for. */
const FEW = 20_000;

/**
 * Goes through a keyspace in stretches of a few pages each, since a page of a range costs etcd a look at every key up
 * to the range's end: page by page to the end of all, a million keys would take minutes instead of seconds. A stretch
 * ends where keys with another beginning begin; how long that beginning is follows from what was counted.
 */
export class KeyStretch {
	#start: Uint8Array = Uint8Array.of(0);
	#prefix = 0;
	readonly #few: number;

	/** @param few so many keys are counted to the end. @default 20,000 */
	constructor(few = FEW) {
		this.#few = few;
	}

	get start(): Uint8Array {
		return this.#start;
	}

	/** As etcd has it: the first key beyond, or a single 0 byte. */
	get end(): Uint8Array {
		return endOfPrefix(this.#start.subarray(0, this.#prefix)) ?? TO_THE_END;
	}

	/**
	 * Goes on after a page of this stretch.
	 * @param last where the page ended; undefined: the stretch has no more
	 * @returns false: that was the end of all
	 */
	advance(page: { kvs: readonly unknown[]; count: bigint }, last: Uint8Array | undefined): boolean {
		if (last) {
			if (page.count > BigInt(Math.max(page.kvs.length * WIDEST, this.#few))) {
				// Too many keys begin as this page's did: from here on only those with a byte more in common with its last.
				this.#prefix = Math.max(this.#prefix, commonPrefix(this.#start, last)) + 1;
			}
			this.#prefix = Math.min(this.#prefix, last.length);
			this.#start = after(last);
			return true;
		}
		const end = this.end;
		if (end === TO_THE_END) {
			return false;
		}
		this.#start = end;
		this.#prefix = Math.max(end.length - 1, 0);
		return true;
	}
}

function commonPrefix(a: Uint8Array, b: Uint8Array): number {
	const differing = a.findIndex((byte, i) => byte !== b[i]);
	return differing === -1 ? a.length : differing;
}

/** The first key that does not begin with `prefix`, and comes after those that do. Undefined: there is none. */
export function endOfPrefix(prefix: Uint8Array): Uint8Array | undefined {
	for (let length = prefix.length; length > 0; length--) {
		const byte = prefix[length - 1] ?? 0;
		if (byte < 0xff) {
			const end = prefix.slice(0, length);
			end[length - 1] = byte + 1;
			return end;
		}
	}
	return undefined;
}

/** The first key after `key`. */
function after(key: Uint8Array): Uint8Array {
	const next = new Uint8Array(key.length + 1);
	next.set(key);
	return next;
}
