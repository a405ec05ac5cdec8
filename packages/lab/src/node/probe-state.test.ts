import { expect, test } from "vitest";
import { ProbeState } from "./probe-state.ts";

/** Feeds results (+ passed, - failed); what is told: + or - where a verdict is given, . where none. */
function run(state: ProbeState, results: string): string {
	return [...results].map((result) => (state.record(result === "+") ? (state.passing ? "+" : "-") : ".")).join("");
}

test.each([
	[{}, "+", "+"],
	[{}, "--", ".."],
	[{}, "---", "..-"],
	[{}, "----", "..--"],
	[{}, "+--+--", "+....."],
	[{}, "+---+", "+..-+"],
	[{}, "++++", "+..."],
	[{ failureThreshold: 1 }, "+-+", "+-+"],
	[{ successThreshold: 3, failureThreshold: 2 }, "++-+++-+--", "....." + "+" + "...-"],
])("%j: %s gives %s", (probe, results, verdicts) => {
	expect(run(new ProbeState(probe), results)).toBe(verdicts);
});

test("before either threshold there is no verdict", () => {
	const state = new ProbeState({});
	state.record(false);
	expect(state.passing).toBeUndefined();
});
