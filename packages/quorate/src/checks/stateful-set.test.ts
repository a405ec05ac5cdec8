import { describe, expect, it } from "vitest";
import { findEtcdContainer } from "../cluster/etcd-container.ts";
import type { ManagerView } from "../cluster/managed-by.ts";
import { seen } from "../cluster/surroundings.ts";
import { healthyView } from "../scaling/testing/views.ts";
import { disruptionBudget } from "./disruption-budget.ts";
import { join } from "./join.ts";
import { nodes } from "./nodes.ts";
import { ownership } from "./ownership.ts";
import { podOrder } from "./pod-order.ts";
import { rights } from "./rights.ts";
import { spread } from "./spread.ts";
import { inputOf, surroundingsOf, withSet } from "./testing/input.ts";
import { updateStrategy } from "./update-strategy.ts";

const grow = { goal: { replicas: 5, snapshot: true } };

describe("the update strategy", () => {
	it.each([
		["RollingUpdate", 0, "pass", /without a partition/],
		["RollingUpdate", 2, "warn", /^partition 2 keeps 2 of 3 pods from a roll-out$/],
		["RollingUpdate", 9, "warn", /^partition 9 keeps 3 of 3 pods/],
		["OnDelete", 0, "warn", /only when it is deleted/],
	] as const)("%s with partition %i", (type, partition, status, saw) =>
		expect(updateStrategy(inputOf({ view: withSet({ updateStrategy: { type, partition } }) }))).toMatchObject({
			status,
			saw: expect.stringMatching(saw),
		}),
	);
});

describe("pods that wait for one another", () => {
	const ordered = (readinessProbe: object, members = 3) => {
		const view = healthyView({ members, podManagementPolicy: "OrderedReady" });
		const template = structuredClone(view.statefulSet.template);
		Object.assign(template.spec?.containers[0] ?? {}, { readinessProbe });
		return inputOf({ view: withSet({ template }, view) });
	};
	const exec = (...command: string[]) => ({ exec: { command } });
	const http = (path: string) => ({ httpGet: { path, port: 2379 } });

	it.each([
		exec("etcdctl", "endpoint", "health"),
		exec("/opt/bitnami/scripts/etcd/healthcheck.sh"),
		exec("sh", "-c", "curl -f http://127.0.0.1:2379/health"),
		http("/health"),
		http("/readyz"),
	])("and for a leader: %o", (probe) =>
		expect(podOrder(ordered(probe))).toMatchObject({
			status: "warn",
			saw: expect.stringMatching(/^pods wait for one another \(OrderedReady\), and readiness needs a leader/),
		}),
	);

	it.each([
		http("/health?serializable=true"),
		http("/livez"),
		{ tcpSocket: { port: 2379 } },
		exec("curl", "/health?serializable=true"),
	])("but for no leader: %o", (probe) => expect(podOrder(ordered(probe))).toMatchObject({ status: "pass" }));

	it("of which there is one only", () =>
		expect(podOrder(ordered(http("/health"), 1))).toMatchObject({ status: "pass" }));
	it("do not, with Parallel", () =>
		expect(podOrder(inputOf())).toMatchObject({ status: "pass", saw: expect.stringContaining("Parallel") }));
});

describe("joining", () => {
	const strange = () => {
		const view = healthyView();
		const template = structuredClone(view.statefulSet.template);
		const [container] = template.spec?.containers ?? [];
		// a script of its own: nothing in it that could be rewritten
		Object.assign(container ?? {}, { command: ["/start.sh", "--initial-cluster", "$MEMBERS"], args: [], env: [] });
		const etcd = findEtcdContainer(template);
		return etcd ? withSet({ template, etcd: { ...etcd, family: "script" } }, view) : view;
	};
	it("is known for the guide's image", () =>
		expect(join(inputOf(grow))).toMatchObject({ status: "pass", saw: expect.stringContaining("variables") }));
	it("is unknown for a start that cannot be rewritten", () => {
		expect(join(inputOf({ view: strange(), ...grow }))).toMatchObject({
			status: "fail",
			saw: expect.stringContaining("is not understood: `/start.sh --initial-cluster $MEMBERS`"),
		});
		expect(join(inputOf({ view: strange() }))).toMatchObject({ status: "warn" });
	});
	it("needs peer URLs that are named after pods", () => {
		const view = healthyView();
		const members = view.etcd.members.map((member) => ({ ...member, peerURLs: ["http://203.0.113.9:2380"] }));
		expect(join(inputOf({ view: { ...view, etcd: { ...view.etcd, members } }, ...grow }))).toMatchObject({
			status: "fail",
			saw: expect.stringContaining("that of mayastor-etcd-3 cannot be told"),
		});
	});
});

describe("nodes", () => {
	it("that take quorum with them", () => {
		const view = healthyView();
		const pods = view.pods.map((pod, index) => ({ ...pod, node: index < 2 ? "node-1" : "node-2" }));
		expect(spread(inputOf({ view: { ...view, pods } }))).toMatchObject({
			status: "warn",
			saw: expect.stringContaining("2 of 3 voters are on node node-1"),
		});
		expect(spread(inputOf())).toMatchObject({ status: "pass", saw: "3 voters on 3 nodes" });
	});
	it("that may not be listed", () => {
		const view = { ...healthyView(), nodes: [], unread: { nodes: "this user may not list nodes" } };
		expect(nodes(inputOf({ view, ...grow }))).toMatchObject({
			status: "skip",
			saw: expect.stringContaining("may not list nodes"),
		});
	});
});

describe("rights", () => {
	const missingRights = ["update statefulsets.apps"];
	it("are needed to scale", () =>
		expect(rights(inputOf({ missingRights, ...grow }))).toMatchObject({ status: "fail" }));
	it("are not needed to look on", () => expect(rights(inputOf({ missingRights }))).toMatchObject({ status: "warn" }));
});

describe("a disruption budget", () => {
	const budget = (minAvailable?: string, maxUnavailable?: string) => ({ name: "etcd", minAvailable, maxUnavailable });
	it.each([
		["51 %", [budget("51%")], 5, "pass", /minAvailable 51%/],
		["maxUnavailable 1", [budget(undefined, "1")], 5, "pass", /maxUnavailable 1/],
		["none", [], 3, "warn", /no PodDisruptionBudget/],
		["two", [budget("51%"), { ...budget("1"), name: "other" }], 3, "warn", /etcd, other/],
		["that lets quorum go", [budget("1")], 3, "warn", /lets 2 of 3 pods be evicted at once, but only 1 may fail/],
		["that is too small once grown", [budget("2")], 5, "warn", /lets 3 of 5/],
		["that lets none go", [budget("3")], 3, "warn", /lets none of 3 pods be evicted/],
	])("%s", (_, budgets, replicas, status, saw) => {
		const surroundings = surroundingsOf({ budgets: seen(budgets) });
		expect(disruptionBudget(inputOf({ surroundings, goal: { replicas, snapshot: true } }))).toMatchObject({
			status,
			saw: expect.stringMatching(saw),
		});
	});
});

describe("who manages it", () => {
	const managed = (name: string, more: Partial<ManagerView> = {}) =>
		withSet({ managers: [{ name, seen: "label x", reverts: true, ...more }] });
	const helm = managed("Helm release mayastor", {
		reverts: false,
		release: { name: "mayastor", namespace: undefined },
	});
	const release = (replicas: number | undefined) =>
		surroundingsOf({ release: seen({ replicas, value: "etcd.replicaCount" }) });
	it("nobody", () =>
		expect(ownership(inputOf())).toMatchObject({ status: "pass", saw: expect.stringContaining("detected") }));
	it("Helm, whose values are not known", () =>
		expect(ownership(inputOf({ view: helm }))).toMatchObject({
			status: "warn",
			hint: expect.stringContaining("etcd.replicaCount: 3"),
		}));
	it("Helm, with that size", () =>
		expect(ownership(inputOf({ view: helm, surroundings: release(3) }))).toMatchObject({ status: "pass" }));
	it("Helm, with another", () =>
		expect(ownership(inputOf({ view: helm, surroundings: release(3), ...grow }))).toMatchObject({
			status: "warn",
			saw: "Helm release mayastor renders mayastor-etcd with 3 replicas, not 5",
			hint: expect.stringMatching(
				/--set etcd.replicaCount=5; the template names the members, so that upgrade restarts each pod: quorate rollout/,
			),
		}));
	it("Helm, whose upgrade restarts no pod where a scaling is taken back", () => {
		const { statefulSet: set } = helm;
		const joining = structuredClone(set.template);
		for (const container of joining.spec?.containers ?? [])
			container.env =
				container.env?.map((one) =>
					one.name === "ETCD_INITIAL_CLUSTER" ? { ...one, value: `${one.value},mayastor-etcd-3=http://x:2380` } : one,
				) ?? [];
		expect(joining).not.toEqual(set.template);
		const record = { version: 1 as const, from: 3, startedAt: "", template: set.template, updateStrategy: {} };
		const view = { ...helm, statefulSet: { ...set, template: joining, record } };
		expect(ownership(inputOf({ view })).hint).not.toMatch(/restarts/);
	});
	it("Helm, whose upgrade restarts no pod once the members are named", () => {
		const goal = { ...grow.goal, rollOut: "initial-cluster" as const };
		const { hint } = ownership(inputOf({ view: helm, surroundings: release(3), goal }));
		expect(hint).not.toMatch(/restarts/);
	});
	it("Argo CD, which reverts by itself: refused, unless that is forced", () => {
		const view = managed("Argo CD application etcd");
		expect(ownership(inputOf({ view, ...grow }))).toMatchObject({
			status: "fail",
			saw: "Argo CD application etcd manages the StatefulSet (label x)",
			hint: expect.stringContaining("replicas: 5"),
		});
		expect(ownership(inputOf({ view, ...grow, force: true }))).toMatchObject({ status: "warn" });
	});
	it("an operator, whose object is named", () =>
		expect(ownership(inputOf({ view: managed("EtcdCluster etcd", { owner: "etcdcluster.v1.x/etcd" }) }))).toMatchObject(
			{
				status: "fail",
				hint: expect.stringContaining("kubectl edit etcdcluster.v1.x/etcd -n "),
			},
		));
});
