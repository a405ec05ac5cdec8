export type Scale = "linear" | "log";

export interface Axis {
	/** where a value lies in the picture */
	at(value: number): number;
	readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** An axis over the values, from one end of `range` to the other, with ticks at round numbers. */
export function axis(
	values: readonly number[],
	[begin, end]: readonly [number, number],
	scale: Scale = "linear",
): Axis {
	const known = values.filter((value) => Number.isFinite(value) && (scale === "linear" || value > 0));
	const least = known.reduce((a, b) => Math.min(a, b), known[0] ?? 0);
	const most = known.reduce((a, b) => Math.max(a, b), known[0] ?? 1);
	const marks = scale === "log" ? decades(least, most) : steps(least, most);
	const place = scale === "log" ? Math.log10 : (value: number) => value;
	const first = place(Math.min(least, marks[0] ?? least));
	const last = place(Math.max(most, marks.at(-1) ?? most));
	const at = (value: number) =>
		Math.round((begin + ((place(value) - first) / (last - first || 1)) * (end - begin)) * 10) / 10;
	return { at, ticks: marks.map((value) => ({ at: at(value), label: label(value) })) };
}

function decades(least: number, most: number): number[] {
	const from = Math.floor(Math.log10(least));
	const to = Math.max(Math.ceil(Math.log10(most)), from + 1);
	return Array.from({ length: to - from + 1 }, (_, index) => Number(`1e${from + index}`));
}

/** About six, a 1, 2 or 5 apart. */
function steps(least: number, most: number): number[] {
	const rough = (most - least || 1) / 5;
	const decade = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 5, 10].map((factor) => factor * decade).find((size) => size >= rough) ?? decade * 10;
	const marks: number[] = [];
	for (let index = Math.floor(least / step); index * step < most + step; index++)
		marks.push(Number((index * step).toPrecision(12)));
	return marks;
}

function label(value: number): string {
	const size = Math.abs(value);
	if (size >= 1e6) return `${value / 1e6} M`;
	if (size >= 1e4) return `${value / 1e3} k`;
	return String(value);
}
