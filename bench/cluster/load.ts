import { setTimeout as sleep } from "node:timers/promises";
import { startWriteLoad, type WriteSeen } from "../../e2e/write-load.ts";
import type { BenchLab } from "./lab.ts";

export interface Window {
	/** ms of performance.now() */
	readonly from: number;
	readonly to: number;
}

export interface Writes {
	readonly sent: number;
	readonly failed: number;
	/** milliseconds, until acknowledged or failed */
	readonly slowestMs: number;
	readonly latencies: readonly number[];
}

/** Clients that write all the while, each write remembered: what happened in some window of time is asked afterwards. */
export class Load {
	readonly #seen: WriteSeen[] = [];
	readonly #load: { stop(): Promise<unknown> };

	/** `clients`: connections, each with one write under way; `pauseMs` between two of a client. */
	constructor(lab: BenchLab, { clients, pauseMs }: { clients: number; pauseMs: number }) {
		this.#load = startWriteLoad(lab.dial, { clients, pauseMs, onWrite: (write) => this.#seen.push(write) });
	}

	/** Runs it, and tells when that was. */
	async during(run: () => Promise<unknown>): Promise<Window> {
		const from = performance.now();
		await run();
		return { from, to: performance.now() };
	}

	/** The cluster is left alone. */
	idle(ms: number): Promise<Window> {
		return this.during(() => sleep(ms));
	}

	async stop(): Promise<void> {
		await this.#load.stop();
	}

	/** What was sent within these windows; known to the last when the load has stopped. */
	writes(windows: readonly Window[]): Writes {
		const those = this.#seen.filter(({ at }) => windows.some(({ from, to }) => at >= from && at <= to));
		return {
			sent: those.length,
			failed: those.filter(({ failed }) => failed).length,
			slowestMs: those.reduce((most, { ms }) => Math.max(most, ms), 0),
			latencies: those.map(({ ms }) => ms),
		};
	}

	/** Acknowledged writes a second over time, in seconds from `zero`. */
	timeLine(zero: number, bucketMs = 500): [x: number, y: number][] {
		const first = this.#seen[0]?.at ?? zero;
		const counts: number[] = [];
		for (const { at, ms, failed } of this.#seen) {
			const bucket = Math.floor((at + ms - first) / bucketMs);
			counts[bucket] = (counts[bucket] ?? 0) + (failed ? 0 : 1);
		}
		// the first and the last are not whole
		return Array.from(counts, (count = 0, bucket): [number, number] => [
			Math.round((first - zero + (bucket + 0.5) * bucketMs) / 100) / 10,
			(count * 1000) / bucketMs,
		]).slice(1, -1);
	}
}
