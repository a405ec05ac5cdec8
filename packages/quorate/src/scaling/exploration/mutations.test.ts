import { describe, expect, it } from "vitest";
import { core } from "./core.ts";
import { explore } from "./explore.ts";
import { mutated } from "./mutant.ts";
import { MUTATIONS } from "./mutations/index.ts";
import { describeSetup } from "./setup.ts";
import { tell } from "./trace.ts";

describe("the core with one thing left out", () => {
	it.each(MUTATIONS.map((mutation) => [mutation.name, mutation] as const))("%s", async (_, mutation) => {
		const mutant = await mutated(mutation);
		const [found] = explore(mutation.setup, mutant, { limit: 300_000 }).counterexamples;
		if (!found) throw new Error(`not found out in ${describeSetup(mutation.setup)}`);
		if (process.env.QUORATE_EXPLORE === "show") console.log(tell(found, mutant));
		// what tells the mutant from the core is the mutation, and nothing else
		expect(explore(mutation.setup, core).counterexamples).toEqual([]);
	});
});
