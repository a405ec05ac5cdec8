import { firstFailure } from "../../checks/index.ts";
import { nextStep } from "../next-step.ts";
import { plan } from "../plan.ts";

/** What is explored: the whole of what the tool decides with. */
export interface Core {
	nextStep: typeof nextStep;
	plan: typeof plan;
	firstFailure: typeof firstFailure;
}

export const core: Core = { nextStep, plan, firstFailure };
