import { expect, it } from "vitest";
import type { ScaleEvent } from "./events.ts";
import type { Step } from "./step.ts";
import { StepClock } from "./step-clock.ts";

const empty: Step = { kind: "empty-volume", ordinal: 3, claim: "c", volume: "v", path: undefined, node: undefined };
const promote: Step = { kind: "promote", ordinal: 3, memberId: 1n };

it.each([
	["wiped, with more to do", empty, false, 1],
	["not wiped, for the pod that was to do it refused", empty, true, 0],
	["promoted, and then something else was in the way", promote, true, 1],
])("tells a step as done where it is: %s", (_, step, blocked, done) => {
	const told: ScaleEvent["type"][] = [];
	const clock = new StepClock(({ type }) => told.push(type));
	clock.begin(step, 1);
	clock.performed(undefined);
	clock.settled(blocked);
	expect(told).toEqual(["step-started", ...Array.from({ length: done }, () => "step-done")]);
	expect(clock.done).toHaveLength(done);
	expect(clock.changed).toBe(true);
});
