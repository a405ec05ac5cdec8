import type { Decision, Step, Wait } from "./step.ts";

export const step = (step: Step): Decision => ({ kind: "step", step });

export const wait = (wait: Wait): Decision => ({ kind: "wait", wait });

export const blocked = (reason: string, message: string, hint: string): Decision => ({
	kind: "blocked",
	blocked: { reason, message, hint },
});
