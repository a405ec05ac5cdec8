import { freemem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { quorate } from "../cluster/commands.ts";
import { fill } from "../cluster/fill.ts";
import { guideDiff } from "../cluster/guide-diff.ts";
import { type BenchLab, NAMESPACE, withLab } from "../cluster/lab.ts";
import { Load, type Window } from "../cluster/load.ts";
import { keepRaftLogShort } from "../cluster/raft-log.ts";
import type { Bench, Figure, Findings } from "../figure.ts";
import { repeat } from "../measure/repeat.ts";
import { once, type Row } from "../measure/row.ts";
import { type Measured, measured } from "../measure/statistics.ts";

const MEMBERS = 5;
const VALUE = 100;
const SIZES = [10_000, 100_000, 1_000_000];
const MOST_RUNS = 3;
const DIFF = "etcdctl get on each member, and diff";
const PEAK = 150 * 2 ** 20;
/** What five members take of memory with so much in them; the rest of it lies in files. */
const ROOM = 6 * 2 ** 30;
/** A window is so long at least: the slowest of a few writes says nothing. */
const LONG = 10_000;

/** Every key on every member compared, beside the guide's way of doing so. */
export const proof: Figure = {
	id: "P3",
	title: "the proof",
	async measure(bench) {
		const sizes = bench.quick ? [1000] : SIZES;
		const parts = [
			await withLab({ members: MEMBERS, empty: true }, bench.signal, (lab) => manyKeys(bench, lab, sizes)),
		];
		if (bench.quick) return together(parts);
		if (freemem() < ROOM)
			return together([...parts, { rows: [], notes: ["2 GiB of large values: left out, for want of memory."] }]);
		parts.push(await withLab({ members: MEMBERS, empty: true }, bench.signal, (lab) => largeValues(bench, lab, 2048)));
		return together(parts);
	},
};

const together = (parts: readonly Findings[]): Findings => ({
	rows: parts.flatMap(({ rows }) => rows),
	notes: parts.flatMap(({ notes = [] }) => notes),
});

async function manyKeys(bench: Bench, lab: BenchLab, sizes: readonly number[]): Promise<Findings> {
	const rows: Row[] = [];
	let from = 0;
	for (const keys of sizes) {
		bench.say(`${keys} keys`);
		await fill(lab.dial, { from, to: keys, valueBytes: VALUE });
		from = keys;
		rows.push(...(await compared(bench, lab, `${keys.toLocaleString("en-US")} keys`)));
		if (keys === sizes.at(-2) || sizes.length === 1) rows.push(...(await underLoad(bench, lab, keys)));
	}
	return { rows };
}

/** Time beside the guide's way, and peak memory. */
async function compared(bench: Bench, lab: BenchLab, of: string): Promise<Row[]> {
	const peaks: number[] = [];
	const settings = { runs: Math.min(bench.runs, MOST_RUNS), warmUps: bench.quick ? 0 : 1 };
	const time = async () => (await validate(bench, lab)).ms;
	const { ours, peer } = await repeat(
		bench,
		{ ours: time, peer: () => guideDiff(lab, MEMBERS, bench.folder, bench.signal) },
		settings,
	);
	// apart from the clock, since looking costs time
	for (let run = 0; run < settings.runs; run++) peaks.push((await validate(bench, lab, true)).peakBytes);
	return [
		timeRow(of, ours, peer),
		{ name: `${of}, peak memory`, unit: "bytes", ours: measured(peaks), goal: { atMost: PEAK } },
	];
}

const timeRow = (of: string, ours: Measured, peer: Measured | undefined): Row => ({
	name: of,
	unit: "ms",
	ours,
	...(peer ? { peer, against: DIFF } : {}),
	goal: { ratioAtMost: 1 / 3 },
});

const validate = ({ signal }: Bench, { kubeconfig }: BenchLab, memory = false) =>
	quorate(kubeconfig, ["validate", "-n", NAMESPACE, "-o", "json"], { signal, memory });

/** The slowest write while it runs, beside the slowest while nothing runs for as long. */
async function underLoad(bench: Bench, lab: BenchLab, keys: number): Promise<Row[]> {
	const long = bench.quick ? 2000 : LONG;
	const load = new Load(lab, { clients: 4, pauseMs: 5 });
	const again = (run: () => Promise<unknown>) => async () => {
		for (const began = performance.now(); performance.now() - began < long; ) await run();
	};
	await sleep(1000);
	const proving = await load.during(again(() => validate(bench, lab)));
	const idle = await load.idle(proving.to - proving.from);
	const diffing = await load.during(again(() => guideDiff(lab, 1, bench.folder, bench.signal)));
	await load.stop();
	const slowest = (window: Window) => once(load.writes([window]).slowestMs);
	const of = `slowest write during the proof of ${keys.toLocaleString("en-US")} keys`;
	return [
		{ name: of, unit: "ms", ours: slowest(proving), peer: slowest(idle), against: "idle", goal: { ratioAtMost: 1.5 } },
		{
			name: "the same, during the guide's look at one member",
			unit: "ms",
			ours: slowest(proving),
			peer: slowest(diffing),
			against: "etcdctl get",
		},
	];
}

async function largeValues(bench: Bench, lab: BenchLab, mebibytes: number): Promise<Findings> {
	const of = `${mebibytes / 1024} GiB in values of 1 MiB`;
	bench.say(of);
	await keepRaftLogShort(lab);
	await fill(lab.dial, { to: mebibytes, valueBytes: 1 << 20 });
	try {
		return { rows: await compared({ ...bench, runs: 1 }, lab, of) };
	} catch (error) {
		bench.signal.throwIfAborted();
		const { ms, peakBytes } = await validate(bench, lab, true);
		const reason = (error instanceof Error ? error.message : String(error)).split("\n").slice(-2).join(" ");
		return {
			rows: [
				timeRow(of, once(ms), undefined),
				{ name: `${of}, peak memory`, unit: "bytes", ours: once(peakBytes), goal: { atMost: PEAK } },
			],
			notes: [`${of}: the guide's way does not get through: ${reason}`],
		};
	}
}
