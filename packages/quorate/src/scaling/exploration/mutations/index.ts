import { AGREEING } from "./agreeing.ts";
import type { CaughtIn } from "./caught-in.ts";
import { CLEARING } from "./clearing.ts";
import { GROWING } from "./growing.ts";
import { GUARDS } from "./guards.ts";
import { HISTORIES } from "./histories.ts";
import { LEAVING } from "./leaving.ts";
import { REFUSALS } from "./refusals.ts";
import { ROLLING } from "./rolling.ts";

/** What is left out of the core, one at a time, and where the exploration must find that out. */
export const MUTATIONS: readonly CaughtIn[] = [
	...REFUSALS,
	...GUARDS,
	...GROWING,
	...LEAVING,
	...CLEARING,
	...ROLLING,
	...HISTORIES,
	...AGREEING,
];
