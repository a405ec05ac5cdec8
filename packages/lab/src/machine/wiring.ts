/** What shall be wrong with the network, by pod (`namespace/name`): outlives the pods themselves. */
export class Wiring {
	readonly cut = new Set<string>();
	/** milliseconds */
	readonly slow = new Map<string, number>();
	#parted: [string, string][] = [];

	part(one: string, other: string): void {
		if (!this.areParted(one, other)) this.#parted.push([one, other]);
	}

	areParted(one: string, other: string): boolean {
		return this.#parted.some(([a, b]) => (a === one && b === other) || (a === other && b === one));
	}

	/** What is wrong, a line each. */
	told(): string[] {
		return [
			...[...this.cut].map((owner) => `${owner} is cut off from everything`),
			...this.#parted.map(([one, other]) => `nothing passes between ${one} and ${other}`),
			...[...this.slow].map(([owner, ms]) => `packets to and from ${owner} take ${ms} ms longer`),
		];
	}

	/** Everybody whom something is wrong with. */
	owners(): string[] {
		return [...new Set([...this.cut, ...this.slow.keys(), ...this.#parted.flat()])];
	}

	/** Forgets what is wrong with one, or with all. Returns whose cables it was, and which pairs were parted. */
	heal(owner?: string): { wiring: string[]; pairs: [string, string][] } {
		const concerns = (one: string) => owner === undefined || one === owner;
		const wiring = [...new Set([...this.cut, ...this.slow.keys()])].filter(concerns);
		const pairs = this.#parted.filter((pair) => pair.some(concerns));
		this.#parted = this.#parted.filter((pair) => !pairs.includes(pair));
		for (const one of wiring) {
			this.cut.delete(one);
			this.slow.delete(one);
		}
		return { wiring, pairs };
	}
}
