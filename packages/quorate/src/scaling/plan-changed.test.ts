import { describe, expect, it } from "vitest";
import type { ClusterView } from "../cluster/cluster-view.ts";
import type { Goal } from "./goal.ts";
import { plan } from "./plan.ts";
import { throwIfChanged, withPlannedNodes } from "./plan-changed.ts";
import { healthyView } from "./testing/views.ts";

const goal: Goal = { replicas: 4, snapshot: true };
const view = healthyView();

function changed(now: ClusterView, then = view, wanted = goal): string | undefined {
	try {
		throwIfChanged({ view: then, plan: plan(then, wanted) }, { view: now, plan: plan(now, wanted) }, wanted);
		return undefined;
	} catch (error) {
		expect(error).toMatchObject({ code: "PlanChanged", exitCode: 3, state: "nothing was changed" });
		return (error as Error).message;
	}
}

const withSet = (change: Partial<ClusterView["statefulSet"]>, of = view): ClusterView => ({
	...of,
	statefulSet: { ...of.statefulSet, ...change },
});

describe("the approved plan", () => {
	it("holds where nothing has changed that it depends on", () => {
		expect(changed(healthyView())).toBeUndefined();
		expect(changed(withSet({ generation: 7 }))).toBeUndefined();
	});

	it("holds where a node has come since that volumes would have gone to", () => {
		const then = { ...view, nodes: view.nodes.filter(({ name }) => name !== "node-4") };
		const approved = { view: then, plan: plan(then, goal) };
		const kept = withPlannedNodes(goal, approved.plan);
		expect(kept.volumeNodes).toEqual([{ ordinal: 3, node: "node-5" }]);
		expect(() => throwIfChanged(approved, { view, plan: plan(view, kept) }, kept)).not.toThrow();
		expect(() => throwIfChanged(approved, { view, plan: plan(view, goal) }, goal)).toThrow(/on node-4/);
	});

	it("does not hold where someone has scaled since: a member would be removed", () => {
		const message = changed(healthyView({ members: 5 }));
		expect(message).toContain("the StatefulSet has 5 replicas now, 3 then");
		expect(message).toContain("member mayastor-etcd-4 would be removed");
		expect(message).toContain("claim data-mayastor-etcd-4 would be deleted");
		expect(message).toContain("member mayastor-etcd-3 (68) has become a voter");
	});

	it("is for one StatefulSet, one cluster and one template", () => {
		expect(changed(withSet({ uid: "another" }))).toContain("was deleted and created again");
		expect(changed({ ...view, etcd: { ...view.etcd, clusterId: 8n } })).toContain("cluster ID is 8 now, 7 then");
		expect(
			changed(withSet({ template: { ...view.statefulSet.template, metadata: { labels: { app: "x" } } } })),
		).toContain("the pod template was changed");
	});

	it("is not another run's", () => {
		const { template, rawUpdateStrategy: updateStrategy } = view.statefulSet;
		const record = { version: 1 as const, from: 3, startedAt: "2026-11-21T10:00:00Z", template, updateStrategy };
		expect(changed(withSet({ record }))).toContain("another run has begun since");
		expect(changed(view, withSet({ record }))).toContain("the run that was unfinished has ended");
	});

	it("moves no leader, and lets the tolerance fall no further, than was agreed to", () => {
		const five = healthyView({ members: 5 });
		const led = { ...five, etcd: { ...five.etcd, leader: five.etcd.members[4]?.id } };
		expect(changed(led, five, { replicas: 4, snapshot: true })).toContain("leadership would be moved");
		// it was agreed to, and is not needed any more
		expect(changed(five, led, { replicas: 4, snapshot: true })).toBeUndefined();
	});

	it("creates a volume where it was to be created", () => {
		const nodes = view.nodes.map((node) => (node.name === "node-4" ? { ...node, schedulable: false } : node));
		expect(changed({ ...view, nodes })).toMatch(/volume \S+ would be created on node-5/);
	});
});
