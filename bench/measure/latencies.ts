import { once, type Row, type Unit } from "./row.ts";
import { quantile } from "./statistics.ts";

/** Median, 99th of a hundred and slowest, as rows; beside a peer's where there is one. */
export function latencyRows(
	name: string,
	ours: readonly number[],
	beside?: { values: readonly number[]; against: string },
	unit: Unit = "ms",
): Row[] {
	return (
		[
			["median", 0.5],
			["99 %", 0.99],
			["slowest", 1],
		] as const
	).map(([word, share]) => ({
		name: `${name}, ${word}`,
		unit,
		ours: once(quantile(ours, share)),
		...(beside ? { peer: once(quantile(beside.values, share)), against: beside.against } : {}),
	}));
}
