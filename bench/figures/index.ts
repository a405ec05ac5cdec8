import type { Figure } from "../figure.ts";
import { watches } from "./l1-watches.ts";
import { writes } from "./p1-writes.ts";
import { wallTime } from "./p2-wall-time.ts";
import { proof } from "./p3-proof.ts";
import { snapshot } from "./p4-snapshot.ts";
import { coldStart } from "./p5-cold-start.ts";
import { labItself } from "./p6-lab.ts";
import { planning } from "./p7-plan.ts";
import { growth } from "./p8-growth.ts";

/** In the order in which they run: each has the machine for itself. */
export const FIGURES: readonly Figure[] = [
	writes,
	wallTime,
	proof,
	snapshot,
	coldStart,
	labItself,
	watches,
	planning,
	growth,
];
