import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Arguments, parseArguments, USAGE } from "./arguments.ts";
import { FIGURES } from "./figures/index.ts";
import { describeMachine, describeVersions } from "./measure/machine.ts";
import { keepResults, type Places, render } from "./report/document.ts";
import { type Results, toResults } from "./report/results.ts";
import { textTable } from "./report/table.ts";

const RUNS = 5;
const KEPT: Places = {
	document: "docs/performance.md",
	results: "bench/results",
	images: "docs/images/performance",
};

const say = (text: string) => process.stderr.write(`${text}\n`);
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());

let asked: Arguments | undefined;
try {
	asked = parseArguments(
		process.argv.slice(2),
		FIGURES.map(({ id }) => id),
	);
} catch (error) {
	say(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
	process.exitCode = 2;
}
if (asked?.help) process.stdout.write(USAGE);
else if (asked?.render) await render(KEPT);
else if (asked) await main(asked);

async function main({ ids, json, quick, runs = quick ? 1 : RUNS }: Arguments): Promise<void> {
	const work = await mkdtemp(join(tmpdir(), "quorate-bench-"));
	try {
		// A quick run goes all the way too, and leaves what is kept as it is.
		const places = quick ? await copied(work) : KEPT;
		const of = { machine: describeMachine(), versions: await describeVersions() };
		const { cpu, cores, system, load } = of.machine;
		const versions = Object.entries(of.versions).map((entry) => entry.join(" "));
		say(`${cores} × ${cpu}, ${system}, load ${load}\n${versions.join(", ")}`);
		const all: Results = { ...of, figures: [], plots: [], notes: [], failed: [] };
		for (const figure of FIGURES) {
			if (ids.length > 0 && !ids.includes(figure.id)) continue;
			if (interrupted.signal.aborted) break;
			const folder = join(work, figure.id);
			await mkdir(folder);
			say(`\n${figure.id} ${figure.title}`);
			try {
				const bench = { quick, runs, folder, signal: interrupted.signal, say: (text: string) => say(`  ${text}`) };
				const found = toResults(figure.id, await figure.measure(bench), of);
				if (!json) process.stdout.write(`${textTable(found.figures)}\n`);
				for (const { text } of found.notes) say(`  ${text}`);
				await keepResults(places, figure.id, found);
				all.figures.push(...found.figures);
				all.plots.push(...found.plots);
				all.notes.push(...found.notes);
			} catch (error) {
				const reason = error instanceof Error ? error.message : String(error);
				say(`  could not be measured: ${reason}`);
				all.failed.push({ id: figure.id, reason });
			} finally {
				await rm(folder, { recursive: true, force: true });
			}
		}
		await render(places);
		if (json) process.stdout.write(`${JSON.stringify(all, undefined, "\t")}\n`);
		if (all.failed.length > 0 || interrupted.signal.aborted) process.exitCode = 1;
	} finally {
		await rm(work, { recursive: true, force: true });
	}
}

async function copied(work: string): Promise<Places> {
	const document = join(work, "performance.md");
	await cp(KEPT.document, document);
	return { document, results: join(work, "results"), images: join(work, "images") };
}
