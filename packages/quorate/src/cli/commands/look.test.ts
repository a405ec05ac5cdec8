import { describe, expect, it } from "vitest";
import type { CheckResult } from "../../checks/index.ts";
import { plan } from "../../scaling/plan.ts";
import { healthyView } from "../../scaling/testing/views.ts";
import { memoryTerminal } from "../testing/memory-terminal.ts";
import { isShown, refusal } from "./look.ts";

const view = healthyView({ nodes: 4 });
const planned = plan(view, { replicas: 5, snapshot: true });
const nodes: CheckResult = {
	id: "nodes-enough",
	group: "kubernetes",
	status: "fail",
	saw: "none is free",
	hint: "add one",
};

const contextOn = (columns: number | undefined, output: "table" | "json") => ({
	terminal: memoryTerminal(columns === undefined ? {} : { columns }),
	globals: { output, verbosity: 0, color: false },
	name: "quorate",
});

describe("a refusal", () => {
	it("is complete where the checks may have gone elsewhere", () =>
		expect(refusal({ view, checks: [nodes], plan: planned }, false)).toMatchObject({
			code: "Refused",
			message: "none is free [nodes-enough]",
			hint: "add one",
		}));

	it("names the checks that were just shown, and repeats nothing of them", () => {
		const short = refusal({ view, checks: [nodes], plan: planned }, true);
		expect(short).toMatchObject({ code: "Refused", message: "refused: nodes-enough (see above)" });
		expect(short?.hint).toBeUndefined();
	});

	it("names the plan's own reason", () => {
		expect(refusal({ view, checks: [], plan: planned }, true)?.message).toBe("refused: NoNodeForVolume (see above)");
		expect(refusal({ view, checks: [], plan: planned }, false)?.message).toMatch(/^no node is left/);
	});

	it("is short only where one reader sees both, and reads text", () => {
		expect(isShown(contextOn(80, "table"))).toBe(true);
		expect(isShown(contextOn(undefined, "table"))).toBe(false);
		expect(isShown(contextOn(80, "json"))).toBe(false);
	});
});
