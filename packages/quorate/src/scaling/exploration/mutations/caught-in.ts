import type { Mutation } from "../mutant.ts";
import { type FaultKind, PASSING, type Setup } from "../setup.ts";

export interface CaughtIn extends Mutation {
	/** where it is found out */
	readonly setup: Setup;
}

export const up: Setup = { from: 3, to: 4 };
export const down: Setup = { from: 4, to: 3 };
export const rolled: Setup = { from: 3, to: 3, outdated: true };

export const once = (setup: Setup, ...kinds: FaultKind[]): Setup => ({ ...setup, faults: 1, kinds });
export const passing = (setup: Setup): Setup => once(setup, ...PASSING);
