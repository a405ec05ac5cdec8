import type { Findings } from "../figure.ts";
import type { Machine, Versions } from "../measure/machine.ts";
import { isMet, type Row, ratio, type Unit } from "../measure/row.ts";
import type { Measured } from "../measure/statistics.ts";
import { goalText } from "./numbers.ts";
import type { Plot } from "./plot.ts";

/** One comparison. Numbers are medians, in `unit`; a field is there with a value, or not at all. */
export interface FigureResult {
	id: string;
	name: string;
	ours: number;
	/** least and most of the runs */
	oursSpread: [number, number];
	runs: number;
	peer?: number;
	peerSpread?: [number, number];
	/** what the peer is */
	against?: string;
	/** ours ÷ peer */
	ratio?: number;
	unit: Unit;
	goal?: string;
	met?: boolean;
}

/** What `npm run bench -o json` prints, and what bench/results holds: a file a figure. */
export interface Results {
	machine: Machine;
	versions: Versions;
	figures: FigureResult[];
	plots: (Plot & { id: string })[];
	notes: { id: string; text: string }[];
	/** figures that could not be measured, and why */
	failed: { id: string; reason: string }[];
}

export function toResults(id: string, findings: Findings, run: Pick<Results, "machine" | "versions">): Results {
	return {
		...run,
		figures: findings.rows.map((row) => toFigure(id, row)),
		plots: (findings.plots ?? []).map((plot) => ({ id, ...plot })),
		notes: (findings.notes ?? []).map((text) => ({ id, text })),
		failed: [],
	};
}

function toFigure(id: string, row: Row): FigureResult {
	const { name, ours, peer, against, unit, goal } = row;
	const beside = ratio(row);
	const met = isMet(row);
	return {
		id,
		name,
		ours: rounded(ours.median),
		oursSpread: spread(ours),
		runs: ours.runs,
		...(peer ? { peer: rounded(peer.median), peerSpread: spread(peer) } : {}),
		...(against === undefined ? {} : { against }),
		...(beside === undefined ? {} : { ratio: rounded(beside) }),
		unit,
		...(goal ? { goal: goalText(goal, unit) } : {}),
		...(met === undefined ? {} : { met }),
	};
}

const spread = ({ least, most }: Measured): [number, number] => [rounded(least), rounded(most)];

/** Four digits that count: no run is more exact. */
const rounded = (value: number): number => (Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4)));
