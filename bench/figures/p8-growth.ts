import { downLab } from "quorate-lab";
import { quorate } from "../cluster/commands.ts";
import { fill } from "../cluster/fill.ts";
import { type BenchLab, NAMESPACE, nextLabName, openLab, withLab } from "../cluster/lab.ts";
import type { Bench, Figure, Findings } from "../figure.ts";
import { once, type Row, type Unit } from "../measure/row.ts";
import { quantile } from "../measure/statistics.ts";
import type { Plot } from "../report/plot.ts";

const KEYS = [1000, 10_000, 100_000, 1_000_000];
const MEMBERS = [1, 3, 5, 7, 9];
const NODES = [5, 10, 20, 50, 100];
const VALUE = 100;
const MEBIBYTE = 2 ** 20;

/** Something measured at several sizes. */
interface Curve {
	/** what is measured */
	name: string;
	unit: Unit;
	points: [size: number, value: number][];
}

/** How time and memory grow with the cluster. */
export const growth: Figure = {
	id: "P8",
	title: "growth",
	async measure(bench) {
		const { quick } = bench;
		const keys = await withLab({ empty: true }, bench.signal, (lab) =>
			overKeys(bench, lab, quick ? [100, 1000] : KEYS),
		);
		const members = await overMembers(bench, quick ? [1, 3] : MEMBERS);
		const nodes = await overNodes(bench, quick ? [5, 10] : NODES);
		const parts = [
			describe("keys", keys, "log"),
			describe("members", members, "linear"),
			describe("nodes", nodes, "linear"),
		];
		return {
			rows: parts.flatMap(({ rows }) => rows),
			plots: parts.flatMap(({ plots = [] }) => plots),
			notes: [
				"The power is that of the size which the number grows with, between the two sizes named: 1 is linear, 0 not at all.",
			],
		};
	},
};

/** The proof on three members. */
async function overKeys(bench: Bench, lab: BenchLab, sizes: readonly number[]): Promise<Curve[]> {
	const time: Curve = { name: "quorate validate", unit: "ms", points: [] };
	const memory: Curve = { name: "its peak memory", unit: "bytes", points: [] };
	let from = 0;
	for (const size of sizes) {
		bench.say(`${size} keys`);
		await fill(lab.dial, { from, to: size, valueBytes: VALUE });
		from = size;
		const { ms, peakBytes } = await command(bench, lab, ["validate"]);
		time.points.push([size, ms]);
		memory.points.push([size, peakBytes]);
	}
	return [time, memory];
}

/** The commands on Mayastor's keys. */
async function overMembers(bench: Bench, sizes: readonly number[]): Promise<Curve[]> {
	const curves = ["validate", "status"].map((verb) => ({
		verb,
		curve: { name: `quorate ${verb}`, unit: "ms", points: [] } as Curve,
	}));
	const memory: Curve = { name: "peak memory of quorate validate", unit: "bytes", points: [] };
	for (const size of sizes) {
		bench.say(`${size} members`);
		await withLab({ members: size }, bench.signal, async (lab) => {
			for (const { verb, curve } of curves) {
				const { ms, peakBytes } = await command(bench, lab, [verb]);
				curve.points.push([size, ms]);
				if (verb === "validate") memory.points.push([size, peakBytes]);
			}
		});
	}
	return [...curves.map(({ curve }) => curve), memory];
}

/** The lab itself, with three members. */
async function overNodes(bench: Bench, sizes: readonly number[]): Promise<Curve[]> {
	const time: Curve = { name: "quorate lab up", unit: "ms", points: [] };
	const status: Curve = { name: "quorate status", unit: "ms", points: [] };
	const memory: Curve = { name: "memory of the lab", unit: "bytes", points: [] };
	for (const size of sizes) {
		bench.say(`${size} nodes`);
		const name = nextLabName();
		try {
			const up = await quorate(undefined, ["lab", "up", "--name", name, "--nodes", String(size)], {
				signal: bench.signal,
			});
			const lab = await openLab(name);
			time.points.push([size, up.ms]);
			status.points.push([size, (await command(bench, lab, ["status"])).ms]);
			memory.points.push([size, (await lab.memory()).lab]);
		} finally {
			await downLab(name);
		}
	}
	return [time, status, memory];
}

/** The median of the runs, and their peak. */
async function command(bench: Bench, lab: BenchLab, words: readonly string[]) {
	const times: number[] = [];
	let peakBytes = 0;
	for (let run = 0; run < Math.min(bench.runs, 3); run++) {
		const args = [...words, "-n", NAMESPACE];
		times.push((await quorate(lab.kubeconfig, args, { signal: bench.signal })).ms);
		peakBytes = Math.max(
			peakBytes,
			(await quorate(lab.kubeconfig, args, { signal: bench.signal, memory: true })).peakBytes,
		);
	}
	return { ms: quantile(times, 0.5), peakBytes };
}

/** A table of how each grows, and a plot for times and one for memory. */
function describe(what: string, curves: readonly Curve[], scale: "linear" | "log"): Findings {
	const plot = (unit: Unit, word: string, label: string, divisor: number): Plot => ({
		name: `p8-${word}-${what}`,
		title: `${word === "time" ? "Time" : "Memory"} against ${what}`,
		x: { label: what, scale },
		y: { label, scale },
		lines: curves
			.filter((curve) => curve.unit === unit)
			.map(({ name, points }) => ({
				name,
				dots: true,
				points: points.map(([x, y]): [number, number] => [x, Math.round((y / divisor) * 100) / 100]),
			})),
	});
	return {
		rows: curves.flatMap((curve) => rowsOf(what, curve)),
		plots: [plot("ms", "time", "milliseconds", 1), plot("bytes", "memory", "MiB", MEBIBYTE)],
	};
}

function rowsOf(what: string, { name, unit, points }: Curve): Row[] {
	const half = points[Math.floor(points.length / 2)];
	const [first, last] = [half === points.at(-1) ? points[0] : half, points.at(-1)];
	if (!first || !last) return [];
	const power = Math.log(last[1] / first[1]) / Math.log(last[0] / first[0]);
	const size = (value: number) => value.toLocaleString("en-US");
	return [
		{ name: `${name}, ${size(last[0])} ${what}`, unit, ours: once(last[1]) },
		{
			name: `${name}, power from ${size(first[0])} to ${size(last[0])} ${what}`,
			unit: "count",
			ours: once(power),
			goal: { atMost: 1.1 },
		},
	];
}
