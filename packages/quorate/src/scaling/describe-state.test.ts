import { describe, expect, it } from "vitest";
import { runChecks } from "../checks/index.ts";
import { PLAIN } from "../cluster/security-view.ts";
import { commandFor, orLeaveIt } from "./describe-state.ts";
import type { Goal } from "./goal.ts";
import { nextStep } from "./next-step.ts";
import { healthyView } from "./testing/views.ts";

const takenBack: Goal = { replicas: 4, snapshot: false, takesBack: true };

/** Three of four members are left of a shrinking that is taken back, and no new one can be made to join. */
function notUnderstood() {
	const view = healthyView({ members: 3 });
	const { statefulSet: set } = view;
	const { template, rawUpdateStrategy: updateStrategy } = set;
	const snapshot = { file: "s.db", revision: "1", sha256: "", takenAt: "" };
	const record = { version: 1 as const, from: 4, startedAt: "", template, updateStrategy, snapshot };
	const proven = { ...record, proven: { voters: 3, revision: "1" } };
	const volume = healthyView({ members: 4 }).volumes.slice(3);
	return {
		...view,
		volumes: [...view.volumes, ...volume.map((one) => ({ ...one, phase: "Available" }))],
		statefulSet: { ...set, record: proven, etcd: { ...set.etcd, notUnderstood: ["`etcdctl member remove`"] } },
	};
}

describe("a shrinking that cannot be taken back", () => {
	it("can be left at the size that the cluster has: the refusal has the command", () => {
		const way = "; or leave it at 3 members: quorate scale sts/mayastor-etcd -n mayastor --replicas 3";
		const view = notUnderstood();
		const decision = nextStep(view, takenBack);
		expect(decision).toMatchObject({ kind: "blocked", blocked: { reason: "StartNotUnderstood" } });
		expect(decision.kind === "blocked" && decision.blocked.hint).toContain(way);
		const input = { view, goal: takenBack, security: PLAIN, missingRights: [], force: true };
		expect(runChecks(input).find(({ id }) => id === "join-known")?.hint).toContain(way);
	});

	it("keeps what was to be kept, and has the flag that one member takes", () => {
		const kept = { ...takenBack, keepVolumes: true };
		expect(orLeaveIt(healthyView({ members: 1 }), kept, "do this")).toBe(
			"do this; or leave it at 1 member: quorate scale sts/mayastor-etcd -n mayastor --replicas 1 --force --keep-volumes",
		);
	});

	it("is no matter of other goals", () => {
		expect(orLeaveIt(healthyView(), { replicas: 4, snapshot: true }, "do this")).toBe("do this");
		expect(orLeaveIt(healthyView(), { ...takenBack, replicas: 3 }, "do this")).toBe("do this");
	});
});

describe("the command that takes a scaling back", () => {
	it("says again what was said of volumes", () => {
		const goal = { ...takenBack, keepVolumes: true, volumes: { nodes: ["node-9"], path: "/data/{ordinal}" } };
		expect(commandFor(healthyView(), goal)).toBe(
			"quorate abort sts/mayastor-etcd -n mayastor --keep-volumes --volume-node node-9 --volume-path '/data/{ordinal}'",
		);
	});
});
