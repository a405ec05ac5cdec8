import { columnsOf, padEnd } from "./style.ts";

export interface Column<Row> {
	readonly title: string;
	readonly cell: (row: Row) => string;
}

const GAP = "  ";

/** kubectl's kind of table: titles in capitals, columns as wide as their cells. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
	const cells = [columns.map((column) => column.title), ...rows.map((row) => columns.map(({ cell }) => cell(row)))];
	const widths = columns.map((_, index) => Math.max(...cells.map((line) => columnsOf(line[index] ?? ""))));
	return cells.map((line) =>
		line
			.map((cell, index) => padEnd(cell, widths[index] ?? 0))
			.join(GAP)
			.trimEnd(),
	);
}

/** As `table`, but what does not fit goes into further tables, each with the first column again. */
export function tables<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): string[][] {
	const [first, ...others] = columns;
	if (first === undefined) return [];
	const fits = (some: readonly Column<Row>[]) => Math.max(...table(some, rows).map(columnsOf)) <= width;
	const groups: Column<Row>[][] = [[first]];
	for (const column of others) {
		const group = groups.at(-1) ?? [];
		if (group.length === 1 || fits([...group, column])) group.push(column);
		else groups.push([first, column]);
	}
	return groups.map((group) => table(group, rows));
}
