import { describe, expect, it } from "vitest";
import type { ClusterView, MemberView } from "../../cluster/cluster-view.ts";
import type { Step } from "../step.ts";
import { healthyView } from "../testing/views.ts";
import { confirmSteady } from "./confirm-steady.ts";
import type { PerformContext } from "./context.ts";

const plain = healthyView({ members: 3 });
const bitnami: ClusterView = {
	...plain,
	statefulSet: { ...plain.statefulSet, etcd: { ...plain.statefulSet.etcd, family: "bitnami" } },
};
const promote: Step = { kind: "promote", ordinal: 2, memberId: 1n };

/** Milliseconds for which each member's connection has lasted, by its ordinal. */
const confirm = (step: Step, lasted: readonly number[], view = bitnami) => {
	const to = ({ name }: { name: string }) => ({ connectedMs: () => lasted[Number(name.split("-").at(-1))] });
	confirmSteady({ cluster: { members: { to } } } as unknown as PerformContext, view, step);
};

describe("members whose image may still be testing its data", () => {
	it("are not promoted before their etcd has lasted", () => {
		expect(() => confirm(promote, [9000, 9000, 90])).toThrow(/mayastor-etcd-2 has just started to answer/);
		expect(() => confirm(promote, [9000, 9000, 0])).toThrow(expect.objectContaining({ name: "LookAgain" }));
		confirm(promote, [9000, 9000, 2000]);
	});

	it("are not relied on while another pod is restarted or leaves, or hands over the leadership", () => {
		const steps = [
			{ kind: "move-leader", ordinal: 2, target: 1n },
			{ kind: "restart-pod", ordinal: 2, uid: "" },
			{ kind: "roll-pod", ordinal: 2, partition: 2 },
			{ kind: "remove-member", ordinal: 2, memberId: 1n },
			{ kind: "lower-replicas", replicas: 2 },
		] as Step[];
		for (const step of steps) {
			expect(() => confirm(step, [90, 9000, 9000])).toThrow(/mayastor-etcd-0/);
			confirm(step, [9000, 9000, 90]);
		}
	});

	it("are waited for by nothing else, where they do not answer, or where the container is etcd itself", () => {
		confirm({ kind: "restore-template", partition: 3 }, [90, 90, 90]);
		confirm(promote, [90, 90, 90], plain);
		const silent = (member: MemberView) => ({ ...member, status: undefined });
		confirm(promote, [0, 0, 0], { ...bitnami, etcd: { ...bitnami.etcd, members: bitnami.etcd.members.map(silent) } });
	});
});
