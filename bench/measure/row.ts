import { type Measured, measured } from "./statistics.ts";

export type Unit = "ms" | "s" | "bytes" | "count" | "1/s";

/** What is asked of a number. All that are given must hold. */
export interface Goal {
	/** ours ÷ peer */
	ratioAtMost?: number;
	/** in the row's unit */
	atMost?: number;
	atLeast?: number;
}

/** One line of a figure's table. */
export interface Row {
	readonly name: string;
	readonly unit: Unit;
	readonly ours: Measured;
	/** what it is measured beside; undefined: nothing */
	readonly peer?: Measured;
	/** what the peer is, in a few words */
	readonly against?: string;
	readonly goal?: Goal;
}

/** A number that was taken once. */
export const once = (value: number): Measured => measured([value]);

export function ratio({ ours, peer }: Row): number | undefined {
	if (!peer || peer.median === 0) return undefined;
	return ours.median / peer.median;
}

/** Undefined: nothing was asked, or there is nothing to hold it against. */
export function isMet(row: Row): boolean | undefined {
	const { goal, ours } = row;
	if (!goal) return undefined;
	const { ratioAtMost, atMost, atLeast } = goal;
	const beside = ratio(row);
	if (ratioAtMost !== undefined && beside === undefined) return undefined;
	return (
		(ratioAtMost === undefined || (beside ?? 0) <= ratioAtMost) &&
		(atMost === undefined || ours.median <= atMost) &&
		(atLeast === undefined || ours.median >= atLeast)
	);
}
