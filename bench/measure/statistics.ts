/** Several runs of one thing. */
export interface Measured {
	readonly median: number;
	readonly least: number;
	readonly most: number;
	readonly runs: number;
}

/** @param share 0 to 1: 0.5 is the median. Between two values, the line between them. */
export function quantile(values: readonly number[], share: number): number {
	if (values.length === 0) throw new RangeError("there is nothing to take a quantile of");
	const sorted = [...values].sort((a, b) => a - b);
	const at = (sorted.length - 1) * share;
	const below = sorted[Math.floor(at)] ?? 0;
	const above = sorted[Math.ceil(at)] ?? below;
	return below + (above - below) * (at - Math.floor(at));
}

export function measured(values: readonly number[]): Measured {
	return {
		median: quantile(values, 0.5),
		least: quantile(values, 0),
		most: quantile(values, 1),
		runs: values.length,
	};
}
