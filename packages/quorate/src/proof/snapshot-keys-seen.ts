import type { KeyIndex } from "../etcd/snapshot/key-index.ts";

/** Names that are kept to be told. */
const KEYS_TOLD = 20;

/** Ticks off, one by one, the keys of a snapshot that a member holds at a revision not before the snapshot's. */
export class SnapshotKeysSeen {
	readonly #index: KeyIndex;
	readonly #revision: number;
	readonly #seen: Uint8Array;
	#ticked = 0;
	#changed = 0;
	#foreign = 0;
	readonly #examples: Uint8Array[] = [];

	constructor(index: KeyIndex) {
		this.#index = index;
		this.#revision = Number(index.revision);
		this.#seen = new Uint8Array(Math.ceil(index.slots / 8));
	}

	/** Keys of the snapshot that are there, as they were or written since. */
	get held(): number {
		return this.#ticked - this.#changed;
	}

	/** Keys of the snapshot that have not been visited. */
	get missing(): number {
		return this.#index.size - this.#ticked;
	}

	/** Keys of the snapshot that are there, but last written at another revision before it than it says. */
	get changed(): number {
		return this.#changed;
	}

	/** Keys that were written before the snapshot and are not in it. */
	get foreign(): number {
		return this.#foreign;
	}

	/** Some of the changed and the foreign ones. */
	get examples(): readonly Uint8Array[] {
		return this.#examples;
	}

	visit(key: Uint8Array, modRevision: number): void {
		const slot = this.#index.slotOf(key);
		const contradicts = modRevision <= this.#revision && (slot === -1 || modRevision !== this.#index.modRevision(slot));
		if (contradicts && this.#examples.length < KEYS_TOLD) {
			this.#examples.push(Uint8Array.from(key));
		}
		if (slot === -1) {
			this.#foreign += contradicts ? 1 : 0;
		} else if (!this.#isSeen(slot)) {
			this.#seen[slot >> 3] = (this.#seen[slot >> 3] ?? 0) | (1 << (slot & 7));
			this.#ticked++;
			this.#changed += contradicts ? 1 : 0;
		}
	}

	/** Is this a key of the snapshot that has not been visited? */
	isMissing(key: Uint8Array): boolean {
		const slot = this.#index.slotOf(key);
		return slot !== -1 && !this.#isSeen(slot);
	}

	#isSeen(slot: number): boolean {
		return ((this.#seen[slot >> 3] ?? 0) & (1 << (slot & 7))) !== 0;
	}
}
