import { appendFile, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { downLab } from "quorate-lab";
import { describeFault } from "./fault.ts";
import { describeCluster, describeShape, markdown, type Result, resultLine, resultOf } from "./results.ts";
import { labName, run } from "./run.ts";
import { schedule } from "./schedule.ts";
import { killTools } from "./tool.ts";

const USAGE = `Usage: npm run torture -- [flags]

Scales labs up and down under load while faults come, and checks that nothing is lost. docs/torture.md says more.

  --seed S        the first seed (default 1)
  --runs N        how many seeds, from the first on (default 1)
  --jobs N        how many at a time (default 1)
  --logs DIR      where the logs of failing runs are kept
  --results FILE  append each run's result as a line of JSON; seeds that it holds already are left out
  --doc FILE      write the tables between the markers of that document; with --results from all of its lines
  --dry-run       print what would be done, and do nothing
  -o FORMAT       table or json
  -h, --help      print this`;

function flags() {
	try {
		const { values } = parseArgs({
			options: {
				seed: { type: "string", default: "1" },
				runs: { type: "string", default: "1" },
				jobs: { type: "string", default: "1" },
				logs: { type: "string", default: join(tmpdir(), "quorate-torture") },
				results: { type: "string" },
				doc: { type: "string" },
				"dry-run": { type: "boolean", default: false },
				output: { type: "string", short: "o", default: "table" },
				help: { type: "boolean", short: "h", default: false },
			},
		});
		if (values.help) {
			process.stdout.write(`${USAGE}\n`);
			process.exit(0);
		}
		const whole = (name: "seed" | "runs" | "jobs", least: number) => {
			const value = Number(values[name]);
			if (!Number.isSafeInteger(value) || value < least)
				throw new Error(`--${name} must be a whole number from ${least} on, not ${values[name]}`);
			return value;
		};
		if (values.output !== "table" && values.output !== "json")
			throw new Error(`-o must be table or json, not ${values.output}`);
		return { ...values, seed: whole("seed", 0), runs: whole("runs", 0), jobs: whole("jobs", 1) };
	} catch (error) {
		process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n\n${USAGE}\n`);
		process.exit(2);
	}
}

const options = flags();
const json = options.output === "json";
const say = (text: string) => (json ? process.stderr : process.stdout).write(`${text}\n`);

async function earlier(): Promise<Result[]> {
	if (options.results === undefined) return [];
	const text = await readFile(options.results, "utf8").catch(() => "");
	return text
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => JSON.parse(line) as Result);
}

function print(seed: number): void {
	const { cluster, members, podManagementPolicy, shape, scalings } = schedule(seed);
	const how = shape ? `, ${describeShape(shape)}` : "";
	say(`seed ${seed}: ${describeCluster(cluster)}, ${members} members, ${podManagementPolicy}${how}`);
	for (const { to, afterwards, faults, keepVolumes, discardVolumes } of scalings)
		say(
			`  to ${to}${keepVolumes ? " --keep-volumes" : discardVolumes ? " --discard-volumes" : ""}, then ${afterwards}: ${faults.map(describeFault).join(", ")}`,
		);
}

async function one(seed: number): Promise<Result> {
	const report = await run(schedule(seed), resolve(options.logs, `seed-${seed}`));
	const result = resultOf(report);
	if (options.results !== undefined && result.skipped === undefined)
		await appendFile(options.results, `${JSON.stringify(result)}\n`);
	say(resultLine(result));
	// problems.txt has all of it
	for (const problem of result.problems) say(`    ${problem.slice(0, 600).split("\n").join("\n    ")}`);
	if (report.logs !== undefined)
		say(`    rerun: npm run torture -- --seed ${seed} --runs 1\n    logs:  ${report.logs}`);
	return result;
}

const before = await earlier();
const known = new Set(before.map(({ seed }) => seed));
const seeds = Array.from({ length: options.runs }, (_, n) => options.seed + n).filter((seed) => !known.has(seed));
if (options["dry-run"]) for (const seed of seeds) print(seed);
else {
	const stop = new AbortController();
	const underWay = new Set<number>();
	const end = async (code: number) => {
		killTools();
		await Promise.all([...underWay].map((seed) => downLab(labName(seed)).catch(() => {})));
		process.exit(code);
	};
	// those under way are finished; a second one, or SIGTERM, ends them
	process.once("SIGINT", () => {
		stop.abort();
		process.once("SIGINT", () => end(130));
	});
	process.once("SIGTERM", () => end(143));
	const results: Result[] = [];
	const left = [...seeds];
	const worker = async () => {
		for (let seed = left.shift(); seed !== undefined && !stop.signal.aborted; seed = left.shift()) {
			underWay.add(seed);
			const result = await one(seed);
			underWay.delete(seed);
			if (result.skipped === undefined) results.push(result);
		}
	};
	await Promise.all(Array.from({ length: options.jobs }, worker));
	const all = [...before, ...results].sort((a, b) => a.seed - b.seed);
	if (options.doc !== undefined) await intoDocument(options.doc, markdown(all));
	if (json) process.stdout.write(`${JSON.stringify({ results }, undefined, 2)}\n`);
	else if (results.length > 1) say(`\n${markdown(results)}`);
	if (results.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
}

async function intoDocument(file: string, tables: string): Promise<void> {
	const [begin, end] = ["<!-- results -->\n", "<!-- end of results -->"];
	const text = await readFile(file, "utf8");
	const [from, to] = [text.indexOf(begin), text.indexOf(end)];
	if (from < 0 || to < from) throw new Error(`${file} has no place for results: ${begin.trim()} … ${end}`);
	await writeFile(file, text.slice(0, from + begin.length) + tables + text.slice(to));
}
