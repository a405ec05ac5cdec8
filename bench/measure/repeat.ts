import type { Bench } from "../figure.ts";
import { type Measured, measured } from "./statistics.ts";

/** Runs once, and says what it measured: milliseconds, bytes. */
export type Measurement = () => Promise<number>;

export interface RepeatOptions {
	/** runs of each that do not count. @default 1 */
	warmUps?: number;
	/** @default the bench's */
	runs?: number;
}

/** Each measurement in turn, again and again, so that what the machine does meanwhile falls on all of them. */
export async function repeat<Name extends string>(
	bench: Bench,
	measurements: Record<Name, Measurement>,
	options: RepeatOptions = {},
): Promise<Record<Name, Measured>> {
	const { warmUps = 1, runs = bench.runs } = options;
	const names = Object.keys(measurements) as Name[];
	const values = new Map<Name, number[]>(names.map((name) => [name, []]));
	for (let run = -warmUps; run < runs; run++) {
		for (const name of names) {
			bench.signal.throwIfAborted();
			const value = await measurements[name]();
			if (run >= 0) values.get(name)?.push(value);
		}
	}
	return Object.fromEntries(names.map((name) => [name, measured(values.get(name) ?? [])])) as Record<Name, Measured>;
}

/** Milliseconds that it takes. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
	const began = performance.now();
	await run();
	return performance.now() - began;
}
