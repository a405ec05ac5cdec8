import { describe, expect, it } from "vitest";
import { type Column, table, tables } from "./table.ts";

const columns: Column<{ a: string; b: string; c: string }>[] = [
	{ title: "A", cell: (row) => row.a },
	{ title: "BEE", cell: (row) => row.b },
	{ title: "C", cell: (row) => row.c },
];
const rows = [
	{ a: "one", b: "\u001b[31mx\u001b[39m", c: "1" },
	{ a: "three", b: "longer", c: "" },
];

describe("table", () => {
	it("aligns by what is seen, and leaves no spaces at the ends of lines", () => {
		expect(table(columns, rows)).toEqual(["A      BEE     C", "one    \u001b[31mx\u001b[39m       1", "three  longer"]);
	});

	it("is split where it is too wide, the first column leading each part", () => {
		expect(tables(columns, rows, 80)).toHaveLength(1);
		expect(tables(columns, rows, 14).map((lines) => lines[0])).toEqual(["A      BEE", "A      C"]);
		expect(tables(columns, rows, 3).map((lines) => lines[0])).toEqual(["A      BEE", "A      C"]);
	});
});
