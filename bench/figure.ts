import type { Row } from "./measure/row.ts";
import type { Plot } from "./report/plot.ts";

/** One question about speed or size, measured beside its peers on the same data in the same run. */
export interface Figure {
	/** as in docs/performance.md: "P2" */
	readonly id: string;
	readonly title: string;
	/** Its labs and files are gone when it returns, or throws. */
	measure(bench: Bench): Promise<Findings>;
}

export interface Findings {
	readonly rows: readonly Row[];
	readonly plots?: readonly Plot[];
	/** what a reader of the numbers must know: what was left out, and why */
	readonly notes?: readonly string[];
}

/** What a figure is given. */
export interface Bench {
	/** smallest sizes, fewest runs: whether it works, not how fast it is */
	readonly quick: boolean;
	/** measured runs of each thing that is compared */
	readonly runs: number;
	readonly signal: AbortSignal;
	/** a folder for files, emptied afterwards */
	readonly folder: string;
	/** progress, for people */
	say(text: string): void;
}
