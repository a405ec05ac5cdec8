/** Lines that only one of two texts has, in stretches: what stands between two lines that both have. */
export interface Stretch {
	lab: string | undefined;
	real: string | undefined;
}

/** By the longest common subsequence of lines. */
export function differentLines(lab: string, real: string): Stretch[] {
	if (lab === real) return [];
	const [a, b] = [lab.split("\n"), real.split("\n")];
	const longest = lengths(a, b);
	const found: Stretch[] = [];
	let [i, j] = [0, 0];
	while (i < a.length || j < b.length) {
		const [fromA, fromB] = [i, j];
		while ((i < a.length || j < b.length) && a[i] !== b[j]) {
			if (j >= b.length || (i < a.length && at(longest, i + 1, j) >= at(longest, i, j + 1))) i++;
			else j++;
		}
		if (i > fromA || j > fromB) found.push({ lab: text(a.slice(fromA, i)), real: text(b.slice(fromB, j)) });
		i++;
		j++;
	}
	return found;
}

const text = (lines: string[]) => (lines.length === 0 ? undefined : lines.join("\n"));
const at = (table: number[][], i: number, j: number) => table[i]?.[j] ?? 0;

/** `[i][j]`: how many lines `a` from i and `b` from j have in common, in order. */
function lengths(a: string[], b: string[]): number[][] {
	const table: number[][] = Array.from({ length: a.length + 1 }, () => []);
	for (let i = a.length - 1; i >= 0; i--) {
		const row = table[i] ?? [];
		for (let j = b.length - 1; j >= 0; j--)
			row[j] = a[i] === b[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), row[j + 1] ?? 0);
	}
	return table;
}
