import { runChecks } from "../../checks/index.ts";
import { nextStep } from "../next-step.ts";
import { plan } from "../plan.ts";

/** What is explored: the whole of what the tool decides with. */
export interface Core {
	nextStep: typeof nextStep;
	plan: typeof plan;
	runChecks: typeof runChecks;
}

export const core: Core = { nextStep, plan, runChecks };
