import { describe, expect, it } from "vitest";
import type { ClusterView } from "../cluster/cluster-view.ts";
import { onNode } from "../cluster/volume-place.ts";
import { howToGoOn, resumeCommand } from "./describe-state.ts";
import type { Goal } from "./goal.ts";
import { applyStep, settle } from "./model.ts";
import { nextStep } from "./next-step.ts";
import { plan } from "./plan.ts";
import { healthyView } from "./testing/views.ts";

const goal = (more: Partial<Goal> = {}): Goal => ({ replicas: 3, snapshot: false, rollOut: "template", ...more });

/** Someone changed the template: every pod is on the one before. */
function outdated(
	options: { type?: "RollingUpdate" | "OnDelete"; leader?: number; members?: number } = {},
): ClusterView {
	const { type = "RollingUpdate", leader = 0, members = 3 } = options;
	const view = placed(healthyView({ members }));
	return {
		...view,
		statefulSet: { ...view.statefulSet, updateRevision: "newest", updateStrategy: { type, partition: 3 } },
		etcd: { ...view.etcd, leader: view.etcd.members[leader]?.id },
	};
}

/** Each volume bound to its node, as they have to be. */
function placed(view: ClusterView): ClusterView {
	const nodeAffinity = onNode(view, "node-1") ?? {};
	return { ...view, volumes: view.volumes.map((volume) => ({ ...volume, spec: { ...volume.spec, nodeAffinity } })) };
}

/** The last pod was made from a template whose image does not exist; that was put back since. */
function stuck(view: ClusterView): ClusterView {
	const trouble = "pod mayastor-etcd-2: ImagePullBackOff";
	return {
		...view,
		pods: view.pods.map((pod) =>
			pod.ordinal === 2 ? { ...pod, revision: "bad", running: false, ready: false, trouble } : pod,
		),
		etcd: {
			...view.etcd,
			members: view.etcd.members.map((m) => (m.ordinal === 2 ? { ...m, status: undefined, lag: undefined } : m)),
		},
	};
}

const told = (view: ClusterView, wanted: Goal) =>
	plan(view, wanted).steps.map(({ step }) => ("ordinal" in step ? `${step.kind} ${step.ordinal}` : step.kind));

describe("bringing pods onto the newest template", () => {
	it("does nothing where all are on it", () => {
		expect(plan(healthyView(), goal())).toMatchObject({ steps: [], blocked: undefined });
	});

	it("goes from the last to the first, and no leader is restarted", () => {
		expect(told(outdated(), goal())).toEqual([
			"roll-pod 2",
			"roll-pod 1",
			"move-leader 0",
			"roll-pod 0",
			"prove",
			"restore-strategy",
		]);
		expect(told(outdated({ leader: 2 }), goal()).slice(0, 3)).toEqual(["move-leader 2", "roll-pod 2", "roll-pod 1"]);
	});

	it("does not count again a pod that is ending on its way to the newest template", () => {
		const view = outdated({ type: "OnDelete", leader: 2 });
		const pods = view.pods.map((pod) => (pod.ordinal === 1 ? { ...pod, terminating: true, ready: false } : pod));
		expect(told({ ...view, pods }, goal()).slice(0, 3)).toEqual(["restart-pod 0", "move-leader 2", "restart-pod 2"]);
	});

	it("leaves the leader to the end where pods are deleted by hand", () => {
		expect(told(outdated({ type: "OnDelete", leader: 2 }), goal())).toEqual([
			"restart-pod 1",
			"restart-pod 0",
			"move-leader 2",
			"restart-pod 2",
		]);
	});

	it("names all members once, and holds the pods meanwhile", () => {
		const steps = plan(
			placed(healthyView({ members: 5 })),
			goal({ replicas: 5, rollOut: "initial-cluster", snapshot: true }),
		).steps;
		expect(steps.slice(0, 2).map(({ step }) => step)).toMatchObject([
			{ kind: "take-snapshot" },
			{ kind: "name-members", partition: 5, initialCluster: { length: 5 } },
		]);
		expect(steps.filter(({ step }) => step.kind === "roll-pod")).toHaveLength(5);
		expect(steps.at(-1)?.step.kind).toBe("restore-strategy");
	});

	it("follows a growth", () => {
		const kinds = told(placed(healthyView()), goal({ replicas: 4, rollOut: "initial-cluster" }));
		expect(kinds.indexOf("name-members")).toBeGreaterThan(kinds.indexOf("promote 3"));
		expect(kinds.filter((kind) => kind.startsWith("roll-pod"))).toEqual([3, 2, 1, 0].map((n) => `roll-pod ${n}`));
	});

	it("never has two away, wherever it is looked at", () => {
		for (const leader of [0, 1, 2]) {
			let view = outdated({ leader });
			for (let round = 0; round < 40; round++) {
				const decision = nextStep(view, goal());
				if (decision.kind === "done") break;
				if (decision.kind === "wait") {
					view = settle(view);
					continue;
				}
				if (decision.kind !== "step") throw new Error(JSON.stringify(decision.blocked));
				const { step } = decision;
				if (step.kind === "roll-pod") {
					expect(view.etcd.members.every(({ status }) => status !== undefined)).toBe(true);
					expect(view.etcd.leader).not.toBe(view.etcd.members[step.ordinal]?.id);
				}
				view = applyStep(view, step);
			}
			expect(view.statefulSet.record).toBeUndefined();
			expect(view.pods.map(({ revision }) => revision)).toEqual(["newest", "newest", "newest"]);
		}
	});

	it("waits for a pod that is not Ready, and for a member that does not answer", () => {
		const view = outdated();
		const pods = view.pods.map((pod, index) => (index === 1 ? { ...pod, ready: false } : pod));
		expect(nextStep({ ...view, pods }, goal())).toMatchObject({
			kind: "wait",
			wait: { kind: "pods-ready", ordinal: 1 },
		});
		const members = view.etcd.members.map((m, index) =>
			index === 1 ? { ...m, status: undefined, lag: undefined } : m,
		);
		expect(nextStep({ ...view, etcd: { ...view.etcd, members } }, goal())).toMatchObject({
			wait: { kind: "voters-healthy" },
		});
	});

	it("makes no pod anew that may come up where its data is not, and says how to bind it", () => {
		const view = { ...outdated(), volumes: healthyView().volumes };
		expect(plan(view, goal())).toMatchObject({
			steps: [],
			blocked: {
				reason: "VolumesNotPlaced",
				hint: expect.stringMatching(
					/kubectl patch pv etcd-volume-0 -p '.*"values":\["node-1"\].*; kubectl patch pv etcd-volume-1/,
				),
			},
		});
		expect(plan(healthyView(), goal({ rollOut: "initial-cluster" })).blocked).toMatchObject({
			reason: "VolumesNotPlaced",
		});
	});

	it("is taken back a pod at a time, where members were named: nobody else restarts any", () => {
		const view = placed(healthyView());
		const wanted = goal({ rollOut: "initial-cluster" });
		let now = view;
		// named, the last pod made anew
		for (let round = 0; now.statefulSet.updateStrategy.partition !== 2; round++) {
			const decision = nextStep(now, wanted);
			if (decision.kind === "wait") now = settle(now);
			else if (decision.kind === "step" && round < 9) now = applyStep(now, decision.step);
			else throw new Error(decision.kind);
		}
		now = settle(now);
		expect(howToGoOn(now, wanted)).toMatch(
			/quorate rollout sts\/mayastor-etcd -n mayastor --persist-initial-cluster --snapshot none; or .*quorate abort/,
		);
		expect(resumeCommand(now)).toBe("quorate rollout sts/mayastor-etcd -n mayastor --persist-initial-cluster");
		const { rollOut: _, ...before } = wanted;
		expect(told(now, before)).toEqual(["unname-members", "roll-pod 2", "prove", "restore-strategy"]);
		expect(resumeCommand(applyStep(now, { kind: "unname-members", partition: 3 }))).toMatch(/^quorate abort/);
	});

	it("lets the next growth restart what it made itself, though a roll-out was noted before", () => {
		const noted = applyStep(placed(healthyView({ readyAsLearner: true })), { kind: "take-snapshot", rolling: "forth" });
		const { rollOut: _, ...growth } = goal({ replicas: 4 });
		const planned = plan(noted, growth);
		expect(planned.blocked).toBeUndefined();
		expect(told(noted, growth)).toContain("restart-pod 3");
	});

	it("deletes a pod that does not run and is of a template that was corrected since", () => {
		const view = stuck(placed(healthyView()));
		expect(told(view, goal({ snapshot: true }))).toEqual([
			"take-snapshot",
			"restart-pod 2",
			"prove",
			"restore-strategy",
		]);
		expect(told(view, goal())).toEqual(["restart-pod 2"]);
		// nobody asked for a roll-out
		expect(nextStep(view, { replicas: 3, snapshot: false })).toMatchObject({
			wait: { kind: "voters-healthy", reason: expect.stringContaining("ImagePullBackOff") },
		});
	});

	it("deletes none that would come back the same, that votes, or whose node is down", () => {
		const view = stuck(placed(healthyView()));
		const waits = { kind: "wait", wait: { kind: "voters-healthy" } };
		const bad = { ...view, statefulSet: { ...view.statefulSet, updateRevision: "bad" } };
		expect(nextStep(bad, goal())).toMatchObject(waits);
		const nodes = view.nodes.map((node) => (node.name === "node-3" ? { ...node, ready: false } : node));
		expect(nextStep({ ...view, nodes }, goal())).toMatchObject(waits);
		// without quorum nothing is done at all
		const [first, second, third] = view.etcd.members;
		if (!first || !second || !third) throw new Error("the view has members");
		const silent = { ...second, status: undefined, lag: undefined };
		expect(nextStep({ ...view, etcd: { ...view.etcd, members: [first, silent, third] } }, goal())).toMatchObject(waits);
		const placedNowhere = { ...view, volumes: healthyView().volumes };
		expect(nextStep(placedNowhere, goal())).toMatchObject({ blocked: { reason: "VolumesNotPlaced" } });
	});

	it("is taken back from a template that does not start: the partition first, then the pod", () => {
		const view = stuck(placed(healthyView()));
		const { template } = view.statefulSet;
		const record = {
			version: 1 as const,
			from: 3,
			startedAt: "",
			template,
			updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 3 } },
			rolling: "forth" as const,
		};
		const half: ClusterView = {
			...view,
			statefulSet: {
				...view.statefulSet,
				record,
				updateRevision: "bad",
				updateStrategy: { type: "RollingUpdate", partition: 2 },
			},
		};
		expect(told(half, { replicas: 3, snapshot: false, takesBack: true })).toEqual([
			"restore-template",
			"restart-pod 2",
			"prove",
			"restore-strategy",
		]);
	});

	it("does not take the only member away", () => {
		expect(plan(outdated({ members: 1 }), goal({ replicas: 1 })).blocked).toMatchObject({
			reason: "RestartWouldLoseQuorum",
			hint: expect.stringContaining("kubectl patch sts mayastor-etcd"),
		});
	});
});

describe("a hook that runs when a pod ends", () => {
	const withHook = (view: ClusterView, ordinal: number, does: "removes" | "unknown", bitnami = false): ClusterView => {
		const stopHooks = [{ container: "etcd", does, quote: "`leave`", bitnami }];
		return { ...view, pods: view.pods.map((pod) => (pod.ordinal === ordinal ? { ...pod, stopHooks } : pod)) };
	};

	it.each([
		["removes", false, "StopHookRemovesMember"],
		["removes", true, "StopHookRemovesMember"],
		["unknown", false, "StopHookUnknown"],
	] as const)("%s: no pod is restarted (Bitnami's: %s)", (does, bitnami, reason) => {
		for (const ordinal of [0, 2]) {
			const { steps, blocked } = plan(withHook(outdated(), ordinal, does, bitnami), goal());
			expect(steps).toEqual([]);
			expect(blocked).toMatchObject({ reason, message: expect.stringContaining("`leave`") });
			expect(blocked?.hint.includes("removeMemberOnContainerTermination=false")).toBe(bitnami);
		}
	});

	it("stands in no way where its pod is not restarted", () => {
		const view = outdated();
		const pods = view.pods.map((pod) => (pod.ordinal === 1 ? { ...pod, revision: "newest" } : pod));
		expect(told(withHook({ ...view, pods }, 1, "removes"), goal()).slice(0, 1)).toEqual(["roll-pod 2"]);
	});

	it("is the reason not to name members in the template, for that restarts every pod", () => {
		const { blocked } = plan(withHook(placed(healthyView()), 1, "removes"), goal({ rollOut: "initial-cluster" }));
		expect(blocked?.reason).toBe("StopHookRemovesMember");
	});
});
