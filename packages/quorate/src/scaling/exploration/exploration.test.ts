import { describe, expect, it } from "vitest";
import { core } from "./core.ts";
import { type Explored, explore } from "./explore.ts";
import { describeSetup, type Setup } from "./setup.ts";
import { ALL_SIZES, FULL, QUICK } from "./setups.ts";
import { tell } from "./trace.ts";

const full = process.env.QUORATE_EXPLORE === "full";
const MINUTE = 60_000;

function explored(setup: Setup): Explored {
	const found = explore(setup, core, { counterexamples: 3 });
	expect(found.counterexamples.map((example) => tell(example, core)).join("\n\n")).toBe("");
	return found;
}

describe("the decision core, explored state by state", () => {
	it(
		"goes from every size to every other, from 1 to 9, keeping every line of the contract",
		() => {
			for (const setup of ALL_SIZES) expect([...explored(setup).ends.keys()]).toEqual(["done"]);
		},
		10 * MINUTE,
	);

	it.each((full ? FULL : QUICK).map((setup) => [describeSetup(setup), setup] as const))(
		"%s",
		(_, setup) => {
			const began = performance.now();
			const found = explored(setup);
			if (!setup.refused) expect(found.ends.get("done")).toBeGreaterThan(0);
			if (full) console.log(summary(found, performance.now() - began));
		},
		30 * MINUTE,
	);

	it("is not blind: a world without a way out is told of, with every step that led there", () => {
		const stuck = {
			...core,
			nextStep: () => ({ kind: "wait" as const, wait: { kind: "controller" as const, reason: "so", hint: "so" } }),
		};
		const found = explore({ from: 3, to: 4 }, stuck);
		const [example] = found.counterexamples;
		expect(example && tell(example, stuck)).toMatch(/it ends in wait:controller[\s\S]*1\. the command is run/);
	});
});

function summary({ setup, states, statesByFaults, transitions, ends }: Explored, milliseconds: number): string {
	const refusals = [...ends.keys()].filter((end) => end !== "done").length;
	return `| ${describeSetup(setup)} | ${states} | ${statesByFaults.join(" + ")} | ${transitions} | ${refusals} | ${(milliseconds / 1000).toFixed(1)} |`;
}
