const SMALLEST = 1 << 10;
const FULL = 0.7;

/**
 * Which keys a snapshot holds and at which revision each was last written, in 16 bytes a slot: the key's 64-bit hash and
 * its mod revision. (Among a million keys two share a hash with a chance of 3 in 100 million.)
 */
export class KeyIndex {
	/** the snapshot's revision */
	revision = 0n;
	#live = 0;
	#used = 0;
	#hashes = new Uint32Array(2 * SMALLEST);
	/** 0: the key was deleted */
	#modRevisions = new Float64Array(SMALLEST);

	/** Number of keys held. */
	get size(): number {
		return this.#live;
	}

	/** One more than the highest slot. */
	get slots(): number {
		return this.#modRevisions.length;
	}

	/** Takes a record of the history; of a key's records the newest counts. */
	record(key: Uint8Array, revision: number, deleted: boolean): void {
		if (this.#used >= this.slots * FULL) {
			this.#grow();
		}
		const [high, low] = hash64(key);
		const slot = this.#slot(high, low);
		if (this.#hashes[2 * slot] === 0 && this.#hashes[2 * slot + 1] === 0) {
			this.#hashes[2 * slot] = high;
			this.#hashes[2 * slot + 1] = low;
			this.#used++;
		} else if (this.#modRevisions[slot] !== 0) {
			this.#live--;
		}
		this.#modRevisions[slot] = deleted ? 0 : revision;
		this.#live += deleted ? 0 : 1;
	}

	/** Where a key that the snapshot holds is kept; -1: the snapshot does not hold it. */
	slotOf(key: Uint8Array): number {
		const [high, low] = hash64(key);
		const slot = this.#slot(high, low);
		return this.#modRevisions[slot] === 0 ? -1 : slot;
	}

	/** Mod revision of the key in a slot; 0: there is none. */
	modRevision(slot: number): number {
		return this.#modRevisions[slot] ?? 0;
	}

	#slot(high: number, low: number): number {
		const mask = this.slots - 1;
		for (let slot = low & mask; ; slot = (slot + 1) & mask) {
			const [h, l] = [this.#hashes[2 * slot], this.#hashes[2 * slot + 1]];
			if ((h === high && l === low) || (h === 0 && l === 0)) {
				return slot;
			}
		}
	}

	#grow(): void {
		const [hashes, modRevisions] = [this.#hashes, this.#modRevisions];
		this.#hashes = new Uint32Array(2 * hashes.length);
		this.#modRevisions = new Float64Array(2 * modRevisions.length);
		for (let old = 0; old < modRevisions.length; old++) {
			const [high = 0, low = 0] = [hashes[2 * old], hashes[2 * old + 1]];
			if (high !== 0 || low !== 0) {
				const slot = this.#slot(high, low);
				this.#hashes[2 * slot] = high;
				this.#hashes[2 * slot + 1] = low;
				this.#modRevisions[slot] = modRevisions[old] ?? 0;
			}
		}
	}
}

/** Two multiplicative hashes of 32 bits side by side, mixed at the end. Never [0, 0], which marks a free slot. */
export function hash64(key: Uint8Array): readonly [number, number] {
	let high = 0xdeadbeef;
	let low = 0x41c6ce57;
	// Not for-of: it runs once for every byte of every key.
	for (let i = 0; i < key.length; i++) {
		const byte = key[i] ?? 0;
		high = Math.imul(high ^ byte, 2654435761);
		low = Math.imul(low ^ byte, 1597334677);
	}
	high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
	low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
	return high === 0 && low === 0 ? [0, 1] : [high >>> 0, low >>> 0];
}
