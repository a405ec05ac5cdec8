/** Numbers that are the same for the same seed, on every machine. */
export interface Random {
	/** from 0 to below 1 */
	next(): number;
	/** a whole number from `least` to `most`, both included */
	between(least: number, most: number): number;
	pick<T>(items: readonly T[]): T;
	/** true in that share of the cases */
	chance(share: number): boolean;
}

/** Mulberry32; `seed` is taken modulo 2³². */
export function random(seed: number): Random {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let word = Math.imul(state ^ (state >>> 15), state | 1);
		word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
		return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
	};
	const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
	return {
		next,
		between,
		pick<T>(items: readonly T[]): T {
			if (items.length === 0) throw new RangeError("nothing to pick from");
			return items[between(0, items.length - 1)] as T;
		},
		chance: (share) => next() < share,
	};
}
