import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { once } from "../measure/row.ts";
import { axis } from "./axis.ts";
import { keepResults, type Places, render, withBlock } from "./document.ts";
import { drawPlot } from "./plot.ts";
import { toResults } from "./results.ts";
import { markdownTable } from "./table.ts";

const machine = { cpu: "a processor", cores: 2, memory: 2 ** 33, system: "linux", load: 0.1 };
const plot = {
	name: "x9-plot",
	title: 'a < b & "c"',
	x: { label: "keys", scale: "log" as const },
	y: { label: "ms" },
	lines: [{ name: "ours", points: [[10, 1] as const, [1000, 4] as const], dots: true }],
};
const found = toResults(
	"X9",
	{
		rows: [
			{
				name: "this",
				unit: "ms",
				ours: once(1234.5678),
				peer: once(1000),
				against: "that",
				goal: { ratioAtMost: 1.2 },
			},
			{ name: "alone", unit: "bytes", ours: { median: 2 ** 20, least: 0, most: 2 ** 21, runs: 3 } },
		],
		plots: [plot],
		notes: ["so it is"],
	},
	{ machine, versions: { node: "20" } },
);

it("says what was found in the JSON's shape, and leaves out what is not known", () => {
	expect(found.figures).toEqual([
		{
			id: "X9",
			name: "this",
			ours: 1235,
			oursSpread: [1235, 1235],
			runs: 1,
			peer: 1000,
			peerSpread: [1000, 1000],
			against: "that",
			ratio: 1.235,
			unit: "ms",
			goal: "≤ 1.2 ×",
			met: false,
		},
		{ id: "X9", name: "alone", ours: 2 ** 20, oursSpread: [0, 2 ** 21], runs: 3, unit: "bytes" },
	]);
});

it("makes a table of it", () => {
	const [, , first, second] = markdownTable(found.figures).split("\n");
	expect(first).toBe("| this | 1.24 s | 1 s: that | 1.24 × | ≤ 1.2 × | **no** |");
	expect(second).toBe("| alone | 1 MiB (0 MiB – 2 MiB) |  |  |  |  |");
});

it("puts ticks at round numbers, within the picture", () => {
	const linear = axis([3, 97], [0, 100]);
	expect(linear.ticks.map(({ label }) => label)).toEqual(["0", "20", "40", "60", "80", "100"]);
	expect([linear.at(0), linear.at(100)]).toEqual([0, 100]);
	const log = axis([10, 1_000_000], [100, 0], "log");
	expect(log.ticks.map(({ label }) => label)).toEqual(["10", "100", "1000", "10 k", "100 k", "1 M"]);
	expect(log.ticks.map(({ at }) => at)).toEqual([100, 80, 60, 40, 20, 0]);
	// one value alone, and none at all, have an axis too
	for (const values of [[5], []])
		expect(axis(values, [0, 100]).ticks.every(({ at }) => at >= 0 && at <= 100)).toBe(true);
});

it("draws every point inside the picture, and writes no mark-up of others", () => {
	const svg = drawPlot(plot);
	expect(svg).not.toContain("a < b");
	expect(svg).not.toContain("NaN");
	const places = /<polyline points="([^"]+)"/.exec(svg)?.[1]?.split(" ") ?? [];
	expect(places).toHaveLength(2);
	for (const place of places) {
		const [x = -1, y = -1] = place.split(",").map(Number);
		expect(x >= 0 && x <= 860 && y >= 0 && y <= 380).toBe(true);
	}
});

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate-report-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("makes the blocks of the document and the pictures anew, and leaves what is between them", async () => {
	const places: Places = {
		document: join(folder, "x.md"),
		results: join(folder, "results"),
		images: join(folder, "images"),
	};
	const blocks = ["machine", "X9"].map((id) => `<!-- bench ${id} -->\nold\n<!-- end ${id} -->`);
	await writeFile(places.document, `before\n${blocks.join("\nbetween\n")}\nafter\n`);
	await keepResults(places, "X9", found);
	await render(places);
	const once = await readFile(places.document, "utf8");
	expect(once).toMatch(/^before\n[\s\S]+\nbetween\n[\s\S]+\nafter\n$/);
	expect(once).not.toContain("old");
	expect(once).toContain("2 × a processor, 8 GiB, linux; node 20: X9 (load 0.1)");
	expect(once).toContain("so it is");
	expect(await readFile(join(places.images, "x9-plot.svg"), "utf8")).toBe(drawPlot(plot));
	await render(places);
	expect(await readFile(places.document, "utf8")).toBe(once);
});

it("refuses a figure that the document has no place for", () => {
	expect(() => withBlock("nothing", "X9", "")).toThrow("no place for X9");
});

it("is what docs/performance.md was made by", async () => {
	const document = await readFile("docs/performance.md", "utf8");
	const copy = join(folder, "performance.md");
	await writeFile(copy, document);
	await render({ document: copy, results: "bench/results", images: join(folder, "drawn") });
	expect(await readFile(copy, "utf8")).toBe(document);
});
