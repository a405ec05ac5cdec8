import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shown } from "./numbers.ts";
import { drawPlot } from "./plot.ts";
import type { Results } from "./results.ts";
import { markdownTable } from "./table.ts";

export interface Places {
	/** the document whose blocks are made anew */
	document: string;
	/** folder of the JSON files, one a figure */
	results: string;
	/** folder of the pictures, below the document's */
	images: string;
}

/** Keeps a figure's results; those of a run before are replaced. */
export async function keepResults({ results }: Places, id: string, found: Results): Promise<void> {
	await mkdir(results, { recursive: true });
	await writeFile(join(results, `${id}.json`), `${JSON.stringify(found, undefined, "\t")}\n`);
}

/** Makes the document's blocks and pictures anew, from the kept results alone. What stands between the blocks is left as it is. */
export async function render(places: Places): Promise<void> {
	const kept = await readKept(places.results);
	let text = await readFile(places.document, "utf8");
	await mkdir(places.images, { recursive: true });
	for (const { plots } of kept.values())
		for (const plot of plots) await writeFile(join(places.images, `${plot.name}.svg`), drawPlot(plot));
	text = withBlock(text, "machine", machines(kept));
	for (const id of blocksOf(text)) if (id !== "machine" && !kept.has(id)) text = withBlock(text, id, notYet(id));
	for (const [id, found] of kept) text = withBlock(text, id, block(found));
	await writeFile(places.document, text);
}

async function readKept(folder: string): Promise<Map<string, Results>> {
	const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json")).sort();
	const kept = new Map<string, Results>();
	for (const name of names)
		kept.set(name.slice(0, -".json".length), JSON.parse(await readFile(join(folder, name), "utf8")) as Results);
	return kept;
}

const blocksOf = (text: string): string[] => [...text.matchAll(/^<!-- bench (\w+) -->$/gm)].map(([, id]) => id ?? "");

const notYet = (id: string): string => `Not measured yet: \`npm run bench -- ${id}\`.`;

/** @throws where the document has no such block: a figure that nobody reads about */
export function withBlock(text: string, id: string, content: string): string {
	const [begin, end] = [`<!-- bench ${id} -->`, `<!-- end ${id} -->`];
	const [from, to] = [text.indexOf(begin), text.indexOf(end)];
	if (from < 0 || to < from) throw new Error(`the document has no place for ${id}: ${begin} … ${end}`);
	return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`;
}

function block({ figures, plots, notes }: Results): string {
	// blank lines around, as Markdown wants them beside a comment
	return [
		"",
		markdownTable(figures),
		...plots.map(({ name, title }) => `![${title}](images/performance/${name}.svg)`),
		...notes.map(({ text }) => text),
		"",
	]
		.join("\n\n")
		.replace(/^\n|\n$/g, "");
}

/** What the figures were measured on: once, where it was the same for all. */
function machines(kept: ReadonlyMap<string, Results>): string {
	const lines = new Map<string, string[]>();
	for (const [id, { machine, versions }] of kept) {
		const { cpu, cores, memory, system } = machine;
		const line = `${cores} × ${cpu}, ${shown(memory, "bytes")}, ${system}; ${Object.entries(versions)
			.map(([name, version]) => `${name} ${version}`)
			.join(", ")}`;
		lines.set(line, [...(lines.get(line) ?? []), `${id} (load ${machine.load})`]);
	}
	if (lines.size === 0) return "Nothing has been measured yet.";
	return [...lines].map(([line, ids]) => `- ${line}: ${ids.join(", ")}`).join("\n");
}
