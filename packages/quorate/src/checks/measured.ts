import type { MetricsView, Surroundings } from "../cluster/surroundings.ts";
import type { Advised } from "./check.ts";

interface Measured {
	/** of one member; undefined: not told */
	value: (metrics: MetricsView) => number | undefined;
	/** the least that is too much */
	limit: number;
	/** "the write-ahead log takes 12 ms on etcd-0" */
	describe: (pod: string, value: number) => string;
}

/** Judges the worst of what the members' metrics tell; skipped where none tells. */
export function judgeMetrics(surroundings: Surroundings | undefined, kinds: readonly Measured[]): Advised {
	const all = [...(surroundings?.metrics ?? [])];
	const found = kinds.flatMap(({ value, limit, describe }) => {
		const measured = all.flatMap(([pod, told]) => {
			const number = "seen" in told ? value(told.seen) : undefined;
			return number === undefined ? [] : [{ pod, number }];
		});
		const worst = measured.sort((a, b) => b.number - a.number)[0];
		if (!worst) return [];
		const saw = describe(worst.pod, worst.number);
		if (worst.number < limit) return [{ saw, bad: false }];
		return [{ saw: `too slow: ${saw}; it should be less than ${milliseconds(limit)}`, bad: true }];
	});
	if (found.length === 0) {
		const silent = all.flatMap(([pod, told]) => ("unseen" in told ? [`${pod}: ${told.unseen}`] : []));
		return { status: "skip", saw: `not known: ${silent[0] ?? "no member has measured it yet"}` };
	}
	const bad = found.filter((one) => one.bad);
	return {
		status: bad.length > 0 ? "warn" : "pass",
		saw: (bad.length > 0 ? bad : found).map((one) => one.saw).join("; "),
	};
}

/** 0.0123 → "12 ms" */
export const milliseconds = (seconds: number): string =>
	seconds < 0.01 ? `${(seconds * 1000).toFixed(1)} ms` : `${Math.round(seconds * 1000)} ms`;
