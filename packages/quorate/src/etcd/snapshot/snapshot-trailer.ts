import { createHash } from "node:crypto";

/** etcd ends a snapshot with the SHA-256 of all before. */
export const TRAILER_SIZE = 32;
/** The database before the trailer is a whole number of disk sectors. */
export const SECTOR_SIZE = 512;

/** Checks a snapshot as it passes by, in chunks of any size. */
export class TrailerCheck {
	readonly #hash = createHash("sha256");
	#tail: Buffer = Buffer.alloc(0);
	#size = 0;

	get size(): number {
		return this.#size;
	}

	update(chunk: Uint8Array): void {
		this.#size += chunk.length;
		if (chunk.length >= TRAILER_SIZE) {
			this.#hash.update(this.#tail);
			this.#hash.update(chunk.subarray(0, chunk.length - TRAILER_SIZE));
			this.#tail = Buffer.from(chunk.subarray(chunk.length - TRAILER_SIZE));
			return;
		}
		const both = Buffer.concat([this.#tail, chunk]);
		const end = Math.max(both.length - TRAILER_SIZE, 0);
		this.#hash.update(both.subarray(0, end));
		this.#tail = both.subarray(end);
	}

	/** To be called once, at the end. `wrong`: what does not fit, if anything. */
	finish(): { sha256: string; wrong: string | undefined } {
		const sum = this.#hash.digest();
		return { sha256: sum.toString("hex"), wrong: this.#wrong(sum) };
	}

	#wrong(sum: Buffer): string | undefined {
		if (this.#size <= TRAILER_SIZE) {
			return `it is not an etcd snapshot: only ${this.#size} bytes`;
		}
		if (this.#size % SECTOR_SIZE !== TRAILER_SIZE) {
			return `it has ${this.#size} bytes, not a database and its checksum: it is cut, or the checksum is missing`;
		}
		if (!sum.equals(this.#tail)) {
			return "its content does not match its checksum (SHA-256)";
		}
		return undefined;
	}
}
