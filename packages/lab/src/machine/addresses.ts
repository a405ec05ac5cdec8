/**
 * The machine's addresses, all from the range that RFC 2544 sets aside for laboratories: the machine itself is 198.18.0.1,
 * node n (from 0) 198.18.<n+1>.1, its pods 198.18.<n+1>.2 to .254, Services 198.19.0.0/16.
 */
export const MACHINE_ADDRESS = "198.18.0.1";

export const nodeAddress = (node: number): string => `198.18.${node + 1}.1`;

/** Hands out pod addresses of one node: each new pod gets one that was not used for as long as possible. */
export class AddressPool {
	readonly #node: number;
	readonly #used = new Set<string>();
	#last = 1;

	constructor(node: number) {
		this.#node = node;
	}

	take(): string | undefined {
		for (let tried = 0; tried < 253; tried++) {
			this.#last = this.#last >= 254 ? 2 : this.#last + 1;
			const address = `198.18.${this.#node + 1}.${this.#last}`;
			if (this.#used.has(address)) continue;
			this.#used.add(address);
			return address;
		}
		return undefined;
	}

	release(address: string): void {
		this.#used.delete(address);
	}
}
