import { describe, expect, it } from "vitest";
import { plan } from "../../scaling/plan.ts";
import { healthyView } from "../../scaling/testing/views.ts";
import { memoryTerminal } from "../testing/memory-terminal.ts";
import { plainStyle } from "../testing/plain-style.ts";
import { planLegend, planText } from "./plan-text.ts";
import { styleFor } from "./style.ts";

const text = (replicas: number, options: Parameters<typeof healthyView>[0] = {}, columns?: number) => {
	const view = healthyView(options);
	return planText(plan(view, { replicas, snapshot: true }), view, plainStyle(columns)).join("\n");
};

describe("a plan", () => {
	it("tells each step, the members and the tolerance while it runs", () => {
		expect(text(4)).toBe(`Quorate will scale mayastor/mayastor-etcd from 3 to 4 members:

       CHANGE                                                                                VOTERS  TOLERANCE
  1  + snapshot: saved and verified, in the working folder                                        3          1
  2  + volume etcd-volume-3: 2Gi on node-4 at /var/local/mayastor/etcd/pod-3, for claim           3          1
       data-mayastor-etcd-3
  3  ~ StatefulSet: existing pods held (partition 3), join template set for mayastor-etcd-3       3          1
  4  + member mayastor-etcd-3: a learner, which receives all data and has no vote               3+1          1
  5  ~ StatefulSet: replicas 4, which makes pod mayastor-etcd-3                                 3+1          1
  6  ~ StatefulSet: original template restored                                                  3+1          1
  7  ± pod mayastor-etcd-3: recreated from the original template, data kept                     3+1          1
  8  ~ member mayastor-etcd-3: becomes a voter, once it has caught up                             4          1
  9  = proof: same keyspace on all 4 voters, nothing of the snapshot lost                         4          1
 10  ~ StatefulSet: update strategy restored, Quorate's annotation removed                        4          1

Plan: 3 → 4 members, 10 steps, 1 volume to create
      quorum 2 → 3, tolerance 1, never below 1
      restarts of present pods: 0, of new pods: 1`);
	});

	it("fits a terminal of 80 columns", () => {
		for (const line of text(5, {}, 80).split("\n")) expect(line.length).toBeLessThanOrEqual(80);
	});

	it("says so where nothing is to be done", () =>
		expect(text(3)).toBe("Nothing to do: mayastor/mayastor-etcd has 3 members, as wanted."));

	it("shows how far it would get where it is refused", () => {
		const found = text(5, { nodes: 4 });
		expect(found).toContain("Quorate cannot scale mayastor/mayastor-etcd from 3 to 5 members; it would get this far:");
		expect(found).toContain("× no node is left for the volume of mayastor-etcd-4\n    → add a node");
		expect(found).toContain("Plan: refused; it would stop at 4 of 5 members, after 9 steps, 1 volume to create");
	});

	it("shows no steps where there are none", () => {
		const view = healthyView();
		const blocked = { reason: "AlarmRaised", message: "an alarm is raised", hint: "disarm it" };
		const refused = { ...plan(view, { replicas: 5, snapshot: true }), steps: [], blocked };
		expect(
			planText(refused, view, plainStyle()).join("\n"),
		).toBe(`Quorate cannot scale mayastor/mayastor-etcd from 3 to 5 members:

× an alarm is raised
    → disarm it`);
	});

	it("names the check that says already why it is refused", () => {
		const view = healthyView();
		const refused = plan(healthyView({ nodes: 4 }), { replicas: 5, snapshot: true });
		const found = planText(refused, view, plainStyle(), { refused: true, toldBy: "nodes-enough" });
		expect(found).toContain("× refused: nodes-enough (see above)");
		expect(found.join("\n")).not.toMatch(/no node is left|add a node/);
	});

	it("promises nothing where a check fails", () => {
		const view = healthyView();
		const [heading] = planText(plan(view, { replicas: 5, snapshot: true }), view, plainStyle(), { refused: true });
		expect(heading).toBe("Quorate would scale mayastor/mayastor-etcd from 3 to 5 members, once the checks above pass:");
	});

	it("says of an abort what is undone", () => {
		const view = healthyView();
		const [first] = view.etcd.members;
		if (!first) throw new Error("no members");
		const learner = { ...first, id: 999n, name: "mayastor-etcd-3", ordinal: 3, isLearner: true };
		const present = { ...view, etcd: { ...view.etcd, members: [...view.etcd.members, learner] } };
		const aborted = { ...plan(view, { replicas: 4, snapshot: true }), from: 3, to: 3, takesBack: true };
		expect(planText(aborted, present, plainStyle()).join("\n")).toContain("Plan: 3+1 → 3 members, 10 steps");
		expect(planText(aborted, view, plainStyle()).join("\n")).toContain("Plan: 3 members as before, 10 steps");
	});

	it("tells a run that was interrupted from a new one", () => {
		const view = healthyView();
		const record = {
			version: 1 as const,
			from: 2,
			startedAt: "2026-11-21T10:00:00Z",
			template: view.statefulSet.template,
			updateStrategy: {},
		};
		const resumed = { ...view, statefulSet: { ...view.statefulSet, record } };
		const [heading] = planText(plan(resumed, { replicas: 3, snapshot: true }), resumed, plainStyle());
		expect(heading).toBe(
			"Quorate will finish the scaling of mayastor/mayastor-etcd that was begun with 2 members, to 3 members:",
		);
	});
});

describe("what the signs of a plan mean", () => {
	const legend = (replicas: number, style = plainStyle()) =>
		planLegend(plan(healthyView(), { replicas, snapshot: true }), style).join("\n");

	it("is told for all that are used, and for a learner beside the voters", () => {
		const signs = new Set([...text(4).matchAll(/^ +\d+ {2}(\S) /gm)].map(([, sign = ""]) => sign));
		const told = legend(4);
		expect([...signs].sort()).toEqual(["+", "=", "~", "±"]);
		for (const sign of [...signs, "-"]) expect(told).toMatch(new RegExp(`(^| )\\${sign} \\w+`, "m"));
		expect(told).toMatch(/ 3\+1: three voters and a learner/);
	});

	it("has the signs of a terminal without Unicode", () =>
		expect(legend(4, styleFor(memoryTerminal().stdout, { LANG: "C" }))).not.toMatch(/[^\n -~]/));

	it("says nothing of learners where none comes, and nothing at all where nothing is to be done", () => {
		expect(legend(2)).toMatch(/- removed/);
		expect(legend(2)).not.toMatch(/learner/);
		expect(legend(3)).toBe("");
	});
});
