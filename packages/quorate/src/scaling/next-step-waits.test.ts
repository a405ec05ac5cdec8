import { expect, it } from "vitest";
import type { ClusterView } from "../cluster/cluster-view.ts";
import { onNode } from "../cluster/volume-place.ts";
import { applyStep, settle } from "./model.ts";
import { nextStep } from "./next-step.ts";
import { healthyView } from "./testing/views.ts";

/** In 3 → 4 the fourth is a learner that has not started, and voter `down` does not answer. */
function half(down: number): ClusterView {
	const view = healthyView({ members: 4 });
	const { template, rawUpdateStrategy: updateStrategy } = view.statefulSet;
	const record = { version: 1 as const, from: 3, startedAt: "", template, updateStrategy, joining: 3 };
	return {
		...view,
		volumes: view.volumes.map((volume) => ({
			...volume,
			spec: { ...volume.spec, nodeAffinity: onNode(view, "node-1") ?? {} },
		})),
		statefulSet: { ...view.statefulSet, record },
		etcd: {
			...view.etcd,
			members: view.etcd.members.map((m) => {
				if (m.ordinal === 3) return { ...m, name: "", isLearner: true, status: undefined, lag: undefined };
				return m.ordinal === down ? { ...m, status: undefined, lag: undefined } : m;
			}),
		},
	};
}

const back = { replicas: 3, snapshot: false, takesBack: true };

it("takes a learner out while a voter is down, for it has no vote", () => {
	const view = half(2);
	expect(nextStep(view, back)).toMatchObject({ step: { kind: "lower-replicas", replicas: 3 } });
	const pods = view.pods.map((pod) => (pod.ordinal === 3 ? { ...pod, terminating: true } : pod));
	const lowered = { ...view, pods, statefulSet: { ...view.statefulSet, replicas: 3 } };
	expect(nextStep(lowered, back)).toMatchObject({ step: { kind: "remove-member", ordinal: 3 } });
	// growing goes on only when all are well
	expect(nextStep(view, { replicas: 4, snapshot: false })).toMatchObject({ wait: { kind: "voters-healthy" } });
});

it("names the node that is down in what is waited for there", () => {
	const view = half(2);
	const nodes = view.nodes.map((node) =>
		node.name === "node-3" ? { ...node, ready: false, notReadySince: "2026-11-21T10:00:00Z" } : node,
	);
	expect(nextStep({ ...view, nodes }, { replicas: 4, snapshot: false })).toMatchObject({
		wait: {
			reason: expect.stringMatching(/does not answer; its node node-3 is not Ready since 2026-11-21T10:00:00Z$/),
			hint: expect.stringContaining("kubectl describe node node-3"),
		},
	});
});

it("says how long a readiness probe begins after its container", () => {
	const view = healthyView();
	const set = view.statefulSet;
	const [etcd] = set.template.spec?.containers ?? [];
	if (!etcd) throw new Error("the template runs etcd");
	const probed = { ...etcd, readinessProbe: { ...etcd.readinessProbe, initialDelaySeconds: 60 } };
	const template = { ...set.template, spec: { containers: [probed] } };
	const record = {
		version: 1 as const,
		from: 3,
		startedAt: "",
		template,
		updateStrategy: {},
		proven: { voters: 3, revision: "1" },
	};
	const pods = view.pods.map((pod) => (pod.ordinal === 2 ? { ...pod, ready: false } : pod));
	expect(
		nextStep({ ...view, pods, statefulSet: { ...set, template, record } }, { replicas: 3, snapshot: false }),
	).toMatchObject({
		wait: { reason: "pod mayastor-etcd-2 is not Ready yet (readiness probe's initial delay 60 s)" },
	});
});

it("takes back all that is left after the learner is out, though a voter is down", () => {
	const { pods, etcd, claims, ...half3 } = half(2);
	const members = etcd.members.filter(({ ordinal }) => ordinal !== 3);
	const { template, record } = half3.statefulSet;
	const leaving = { ordinal: 3, node: "node-4", learner: true, claims: claims.slice(3) };
	const set = { ...half3.statefulSet, replicas: 3, record: record && { ...record, leaving, template } };
	let view: ClusterView = { ...half3, statefulSet: set, claims, pods: pods.slice(0, 3), etcd: { ...etcd, members } };
	const seen: string[] = [];
	for (let round = 0; round < 30; round++) {
		const decision = nextStep(view, back);
		if (decision.kind === "done") break;
		seen.push(decision.kind === "step" ? decision.step.kind : decision.kind);
		view = decision.kind === "step" ? applyStep(view, decision.step) : { ...view, cleaners: settle(view).cleaners };
	}
	expect(seen).toEqual(["empty-volume", "wait", "delete-claim", "restore-strategy"]);
	// what was not taken back waits for every voter
	const growth = nextStep({ ...view, statefulSet: set }, { replicas: 4, snapshot: false });
	expect(growth).toMatchObject({ wait: { kind: "voters-healthy" } });
});

it("names the node of a volume that cannot be emptied there", () => {
	const { etcd, ...rest } = half(9);
	const members = etcd.members.filter(({ ordinal }) => ordinal !== 3);
	const { record } = rest.statefulSet;
	const leaving = { ordinal: 3, node: "node-4", learner: true, claims: rest.claims.slice(3) };
	const set = { ...rest.statefulSet, replicas: 3, record: record && { ...record, leaving } };
	const volumes = rest.volumes.map((volume) => ({
		...volume,
		spec: { ...volume.spec, nodeAffinity: onNode(rest, volume.name.endsWith("3") ? "node-4" : "node-1") ?? {} },
	}));
	const left = { ...rest, statefulSet: set, volumes, pods: rest.pods.slice(0, 3), etcd: { ...etcd, members } };
	const decision = nextStep(left, back);
	if (decision.kind !== "step") throw new Error(decision.kind);
	const emptying = applyStep(left, decision.step);
	const nodes = rest.nodes.map((node) => (node.name === "node-4" ? { ...node, ready: false } : node));
	expect(nextStep({ ...emptying, nodes }, back)).toMatchObject({
		wait: { kind: "volume-emptied", reason: expect.stringMatching(/; its node node-4 is not Ready/) },
	});
});
