import { firstFailure } from "../../checks/index.ts";
import { historiesOf, historyMeant } from "../../cluster/histories.ts";
import { expectedData } from "../expected-data.ts";
import { goalFor } from "../intent.ts";
import { nextStep } from "../next-step.ts";
import { plan } from "../plan.ts";
import { throwIfChanged, withPlannedNodes } from "../plan-changed.ts";

/** What is explored: the whole of what the tool decides with. */
export interface Core {
	nextStep: typeof nextStep;
	plan: typeof plan;
	firstFailure: typeof firstFailure;
	goalFor: typeof goalFor;
	throwIfChanged: typeof throwIfChanged;
	withPlannedNodes: typeof withPlannedNodes;
	expectedData: typeof expectedData;
	historiesOf: typeof historiesOf;
	historyMeant: typeof historyMeant;
}

export const core: Core = {
	nextStep,
	plan,
	firstFailure,
	goalFor,
	throwIfChanged,
	withPlannedNodes,
	expectedData,
	historiesOf,
	historyMeant,
};
