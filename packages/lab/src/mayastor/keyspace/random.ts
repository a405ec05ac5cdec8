/** A small seeded generator (mulberry32), so that the same seed always gives the same keyspace. */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** 0 ≤ x < 1 */
	next(): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	/** 0 ≤ n < below */
	integer(below: number): number {
		return Math.floor(this.next() * below);
	}

	pick<T>(choices: readonly [T, ...T[]]): T {
		return choices[this.integer(choices.length)] ?? choices[0];
	}

	hex(digits: number): string {
		return Array.from({ length: digits }, () => this.integer(16).toString(16)).join("");
	}

	/** version 4 */
	uuid(): string {
		const variant = this.pick(["8", "9", "a", "b"]);
		return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${variant}${this.hex(3)}-${this.hex(12)}`;
	}

	/** an unsigned 64-bit number, in decimal */
	uint64(): string {
		return BigInt(`0x${this.hex(16)}`).toString();
	}
}
