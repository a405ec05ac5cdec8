import { quorate } from "../cluster/commands.ts";
import { followGuide } from "../cluster/guide-way.ts";
import { type BenchLab, NAMESPACE, STATEFULSET, withLab } from "../cluster/lab.ts";
import { Load, type Window, type Writes } from "../cluster/load.ts";
import type { Bench, Figure, Findings } from "../figure.ts";
import type { Row } from "../measure/row.ts";
import { once } from "../measure/row.ts";
import { measured, quantile } from "../measure/statistics.ts";
import type { Plot } from "../report/plot.ts";

/** The guide's own: its pods add themselves. */
const IMAGE = "bitnami/etcd:3.5.6-debian-11-r10";
/** Pauses, so that sixty-four write about as much as one small machine can take, and not all that it can. */
const CLIENTS = [
	{ clients: 4, pauseMs: 5 },
	{ clients: 64, pauseMs: 50 },
];
const GUIDE = "the guide's way";
const IDLE = "the cluster left alone";
const MOST_RUNS = 3;
/** Milliseconds: connections are made, and the cluster has found its step. */
const settled = ({ quick }: Bench): number => (quick ? 500 : 2000);

/** What the cluster's clients feel of a scaling. */
export const writes: Figure = {
	id: "P1",
	title: "writes while the cluster is scaled",
	async measure(bench) {
		const parts: Findings[] = [];
		for (const load of bench.quick ? CLIENTS.slice(0, 1) : CLIENTS) parts.push(await withClients(bench, load));
		return {
			rows: parts.flatMap(({ rows }) => rows),
			plots: parts.flatMap(({ plots = [] }) => plots),
			notes: [
				`Both ways in labs of their own, on \`${IMAGE}\`, Ready as soon as the probe passes. The idle windows are before, between and after the changes, and together as long as these. ` +
					"The guide knows no way down.",
			],
		};
	},
};

type ClientLoad = (typeof CLIENTS)[number];

interface Seen {
	changes: Record<string, { writes: Writes; seconds: number }>;
	idle: Writes;
	timeLine: [x: number, y: number][];
	spans: { label: string; from: number; to: number }[];
}

async function withClients(bench: Bench, load: ClientLoad): Promise<Findings> {
	const ours: Seen[] = [];
	const guide: Seen[] = [];
	const [up, down] = bench.quick ? [4, 3] : [5, 3];
	for (let run = 0; run < Math.min(bench.runs, MOST_RUNS); run++) {
		bench.say(`${load.clients} clients, run ${run + 1}`);
		const names = [`3→${up}`, `${up}→${down}`];
		const changes = [up, down].map((replicas) => (lab: BenchLab) => scale(bench, lab, replicas));
		ours.push(await inLab(bench, load, names, changes, bench.quick ? settled(bench) : undefined));
		guide.push(await inLab(bench, load, [`3→${up}`], [(lab) => followGuide(lab, 3, up)], settled(bench)));
	}
	return { rows: rowsOf(load, ours, guide), plots: [plotOf(load, ours[0], guide[0])] };
}

const scale = ({ folder, signal }: Bench, { kubeconfig }: BenchLab, replicas: number) =>
	quorate(kubeconfig, ["scale", `sts/${STATEFULSET}`, "-n", NAMESPACE, "--replicas", String(replicas), "--yes"], {
		cwd: folder,
		signal,
	});

type Change = (lab: BenchLab) => Promise<unknown>;

/**
 * One change after the other under load, with time between them in which nothing happens.
 *
 * @param mostIdle milliseconds of it after each change. @default as long as the changes took
 */
function inLab(
	bench: Bench,
	clients: ClientLoad,
	names: readonly string[],
	changes: readonly Change[],
	mostIdle = Number.POSITIVE_INFINITY,
): Promise<Seen> {
	return withLab({ image: IMAGE }, bench.signal, async (lab) => {
		const load = new Load(lab, clients);
		const windows: Window[] = [];
		const idle: Window[] = [];
		try {
			await load.idle(settled(bench));
			idle.push(await load.idle(settled(bench)));
			for (const change of changes) {
				const window = await load.during(() => change(lab));
				windows.push(window);
				const owed = length([...windows]) - length(idle);
				idle.push(await load.idle(Math.min(Math.max(owed, settled(bench)), mostIdle)));
			}
		} finally {
			await load.stop();
		}
		const zero = windows[0]?.from ?? 0;
		const seconds = (at: number) => Math.round((at - zero) / 100) / 10;
		return {
			changes: Object.fromEntries(
				windows.map((window, at) => [names[at], { writes: load.writes([window]), seconds: length([window]) / 1000 }]),
			),
			idle: load.writes(idle),
			timeLine: load.timeLine(zero),
			spans: windows.map(({ from, to }, at) => ({ label: names[at] ?? "", from: seconds(from), to: seconds(to) })),
		};
	});
}

const length = (windows: readonly Window[]) => windows.reduce((sum, { from, to }) => sum + to - from, 0);

function rowsOf({ clients }: ClientLoad, ours: readonly Seen[], guide: readonly Seen[]): Row[] {
	const rows: Row[] = [];
	const all = (seen: readonly Seen[], name: string, of: (writes: Writes) => number) =>
		measured(seen.flatMap(({ changes }) => (changes[name] ? [of(changes[name].writes)] : [])));
	const slowest = ({ slowestMs }: Writes) => slowestMs;
	const idle = (seen: readonly Seen[], of: (writes: Writes) => number) => measured(seen.map((one) => of(one.idle)));
	for (const name of Object.keys(ours[0]?.changes ?? {})) {
		const of = `${name}, ${clients} clients`;
		const guided = guide[0]?.changes[name] !== undefined;
		const beside = (value: (writes: Writes) => number) =>
			guided ? { peer: all(guide, name, value), against: GUIDE } : {};
		// the worst run of all counts: one failed write is one too many
		const failed = once(all(ours, name, (writes) => writes.failed).most);
		rows.push(
			{
				name: `${of}: writes failed`,
				unit: "count",
				ours: failed,
				...beside((writes) => writes.failed),
				goal: { atMost: 0 },
			},
			{
				name: `${of}: slowest write`,
				unit: "ms",
				ours: all(ours, name, slowest),
				peer: idle(ours, slowest),
				against: IDLE,
				goal: { ratioAtMost: 1.2 },
			},
			...(guided
				? [{ name: `${of}: slowest write`, unit: "ms" as const, ours: all(ours, name, slowest), ...beside(slowest) }]
				: []),
			{
				name: `${of}: 99 % of writes within`,
				unit: "ms",
				ours: all(ours, name, (writes) => quantile(writes.latencies, 0.99)),
				peer: idle(ours, (writes) => quantile(writes.latencies, 0.99)),
				against: IDLE,
			},
		);
		const seconds = (seen: readonly Seen[]) => measured(seen.flatMap(({ changes }) => changes[name]?.seconds ?? []));
		rows.push({
			name: `${of}: it took`,
			unit: "s",
			ours: seconds(ours),
			...(guided ? { peer: seconds(guide), against: GUIDE } : {}),
		});
	}
	return rows;
}

function plotOf({ clients }: ClientLoad, ours: Seen | undefined, guide: Seen | undefined): Plot {
	const spans = (seen: Seen | undefined, line: number) => (seen?.spans ?? []).map((span) => ({ ...span, line }));
	return {
		name: `p1-writes-${clients}-clients`,
		title: `Writes a second while the cluster is scaled, ${clients} clients`,
		x: { label: "seconds since the first change began" },
		y: { label: "acknowledged writes a second" },
		lines: [
			{ name: "quorate scale", points: ours?.timeLine ?? [] },
			{ name: GUIDE, points: guide?.timeLine ?? [] },
		],
		spans: [...spans(ours, 0), ...spans(guide, 1)],
	};
}
