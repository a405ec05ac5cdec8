import { FAULT_KINDS, type FaultKind } from "./fault.ts";
import type { RunReport } from "./run.ts";
import type { ScalingReport } from "./scaling-report.ts";
import type { ClusterKind, Shape } from "./schedule.ts";

/** One run as it is kept and printed: `torture -o json`, and a line of `--results`. */
export interface Result {
	readonly seed: number;
	readonly cluster: string;
	readonly policy: string;
	/** @default as Mayastor's guide has it */
	readonly shape?: string;
	readonly members: number;
	readonly scalings: readonly {
		readonly from: number;
		readonly to: number;
		readonly afterwards: string;
		readonly size: number;
		/** `0`, `killed`, or `4 Blocked` */
		readonly ends: readonly string[];
		readonly faults: readonly FaultKind[];
		/** came, and could not be brought about */
		readonly failed: readonly FaultKind[];
		readonly unreached: readonly FaultKind[];
		/** {@link ScalingReport.selfAdded} */
		readonly selfAdded?: number;
	}[];
	readonly acknowledged: number;
	readonly unknown: number;
	readonly seconds: number;
	/** why it could not be run here; such a one is not kept */
	readonly skipped?: string;
	/** the machine was too busy at times to tell who is down */
	readonly starved: boolean;
	readonly problems: readonly string[];
}

export const describeCluster = (kind: ClusterKind): string =>
	"image" in kind ? kind.image : `etcd ${kind.etcdVersion}`;

export const describeShape = (shape: Shape): string =>
	shape.kind === "hook" ? "preStop hook" : `same path, ${shape.tied ? "tied" : "loose"}`;

export function resultOf({ schedule, scalings, problems, seconds, acknowledged, unknown, skipped }: RunReport): Result {
	return {
		seed: schedule.seed,
		cluster: describeCluster(schedule.cluster),
		policy: schedule.podManagementPolicy,
		...(schedule.shape ? { shape: describeShape(schedule.shape) } : {}),
		members: schedule.members,
		scalings: scalings.map(({ from, to, afterwards, size, ends, faults, unreached, selfAdded }) => ({
			from,
			to,
			afterwards,
			size,
			ends: ends.map(({ code, error }) => (code === undefined ? "killed" : error ? `${code} ${error}` : String(code))),
			faults: faults.flatMap(({ fault, failed }) => (failed === undefined ? [fault.kind] : [])),
			failed: faults.flatMap(({ fault, failed }) => (failed === undefined ? [] : [fault.kind])),
			unreached: unreached.map(({ kind }) => kind),
			...(selfAdded === undefined ? {} : { selfAdded }),
		})),
		acknowledged,
		unknown,
		seconds: Math.round(seconds * 10) / 10,
		...(skipped === undefined ? {} : { skipped }),
		starved: scalings.some((scaling) => scaling.starved),
		problems,
	};
}

/** A line for people. */
export function resultLine(result: Result): string {
	const { seed, cluster, policy, shape, scalings, acknowledged, unknown, seconds, problems } = result;
	if (result.skipped !== undefined) return `-  seed ${String(seed).padEnd(5)}  ${cluster}  SKIPPED: ${result.skipped}`;
	const ways = scalings
		.map(({ from, to, afterwards }) => `${from}→${to}${afterwards === "abort" ? "↩" : afterwards === "end" ? "†" : ""}`)
		.join(" ");
	const ends = scalings.flatMap((scaling) => scaling.ends);
	const kills = ends.filter((end) => end === "killed").length;
	const faults = scalings.flatMap((scaling) => scaling.faults).filter((kind) => kind !== "sigkill");
	return [
		problems.length === 0 ? "√" : "×",
		`seed ${String(seed).padEnd(5)}`,
		`${cluster} ${policy}${shape ? `, ${shape}` : ""}`.padEnd(47),
		ways.padEnd(10),
		`${ends.length} runs, ${kills} killed`.padEnd(18),
		`${acknowledged} operations, ${unknown} unknown`.padEnd(30),
		`${seconds.toFixed(0)} s`.padStart(5),
		` ${faults.join(", ")}`,
	].join("  ");
}

const count = <T>(items: readonly T[], test: (item: T) => boolean): number => items.filter(test).length;

/** What docs/safety.md does not promise is no failure, and is told. */
const selfAddedText = (seconds: readonly number[]): string[] =>
	seconds.length === 0
		? []
		: [
				"",
				`In ${seconds.length} scalings two voters became one and the image had added the second again before its pod was gone, so that etcd took no writes for a while, for ${Math.max(...seconds)} s at most: see [what is not promised](safety.md#what-is-not-promised).`,
			];

/** The tables of docs/torture.md. */
export function markdown(results: readonly Result[]): string {
	const scalings = results.flatMap((result) => result.scalings);
	const ends = scalings.flatMap((scaling) => scaling.ends);
	const failed = results.filter(({ problems }) => problems.length > 0);
	const sum = (pick: (result: Result) => number) => results.reduce((total, result) => total + pick(result), 0);
	const clusters = [...new Set(results.map(({ cluster }) => cluster))].sort();
	const names = [...new Set(ends)].sort();
	const row = (...cells: (string | number)[]) => `| ${cells.join(" | ")} |`;
	return [
		`${results.length} runs, ${scalings.length} scalings, ${ends.length} runs of the command; ${sum((r) => r.acknowledged)} acknowledged operations and ${sum((r) => r.unknown)} of unknown outcome; ${failed.length} runs in which something did not hold. In ${count(results, ({ starved }) => starved)} the machine was at times too busy to tell who is down; there refusals and lulls count for nothing, all else does.`,
		...selfAddedText(scalings.flatMap(({ selfAdded }) => selfAdded ?? [])),
		"",
		row("fault", "came", "could not be brought about", "its moment never came"),
		"| --- | --: | --: | --: |",
		...FAULT_KINDS.map((kind) =>
			row(
				kind,
				count(
					scalings.flatMap(({ faults }) => faults),
					(one) => one === kind,
				),
				count(
					scalings.flatMap((scaling) => scaling.failed),
					(one) => one === kind,
				),
				count(
					scalings.flatMap(({ unreached }) => unreached),
					(one) => one === kind,
				),
			),
		),
		"",
		row("the command ended with", "times"),
		"| --- | --: |",
		...names.map((name) =>
			row(
				name,
				count(ends, (end) => end === name),
			),
		),
		"",
		row("cluster", "runs", "scalings", "taken back", "not held"),
		"| --- | --: | --: | --: | --: |",
		...clusters.map((cluster) => {
			const of = results.filter((result) => result.cluster === cluster);
			const all = of.flatMap((result) => result.scalings);
			const back = count(all, ({ afterwards, from, size }) => afterwards === "abort" && size === from);
			return row(
				cluster,
				of.length,
				all.length,
				back,
				count(of, ({ problems }) => problems.length > 0),
			);
		}),
		"",
		row("seed", "what did not hold"),
		"| --- | --- |",
		...(failed.length === 0 ? [row("none", "")] : []),
		...failed.map(({ seed, problems }) =>
			row(seed, problems.map((one) => one.split("\n")[0]?.slice(0, 140).replaceAll("|", "\\|")).join("; ")),
		),
		"",
	].join("\n");
}
