import { describe, expect, it } from "vitest";
import type { ClusterView } from "../cluster/cluster-view.ts";
import type { ScalingRecord } from "../cluster/scaling-record.ts";
import { isNoted, leavingRecord } from "./leaving-record.ts";
import { healthyView } from "./testing/views.ts";

const view = healthyView({ members: 2 });

const withLeaving = (leaving: ScalingRecord["leaving"]): ClusterView => ({
	...view,
	statefulSet: { ...view.statefulSet, record: { leaving } as ScalingRecord },
});

describe("what is written down of a member that leaves", () => {
	const first = leavingRecord(view, 1);

	it("is where its data is, and whose", () => {
		expect(first).toMatchObject({
			ordinal: 1,
			node: view.pods[1]?.node,
			pod: view.pods[1]?.uid,
			member: view.etcd.members[1]?.id.toString(16),
			cluster: view.etcd.clusterId.toString(16),
		});
		expect(isNoted(withLeaving(first), 1)).toBe(true);
		expect(leavingRecord(withLeaving(first), 1)).toBe(withLeaving(first).statefulSet.record?.leaving);
	});

	it("names no member where its image has added itself again: the folder may hold the data of either", () => {
		const again = withLeaving({ ...first, member: "abc" });
		expect(isNoted(again, 1)).toBe(false);
		const { member: _, ...either } = first;
		expect(leavingRecord(again, 1)).toEqual(either);
		expect(isNoted(withLeaving(either), 1)).toBe(true);
	});

	it.each([
		["has no node", { node: undefined }, {}, true],
		["has an image that cannot be had", { trouble: "pod x: ImagePullBackOff: no such image" }, {}, true],
		["is on a node that is down", {}, { ready: false }, true],
		[
			"may be starting, and have written by the time that it is taken away",
			{ trouble: "pod x: ContainerCreating" },
			{},
			undefined,
		],
		["was started before", { restarts: 1 }, {}, undefined],
	])("says of a member that never joined whether its volume was used: its pod %s", (_what, pod, node, unused) => {
		const pods = view.pods.map((one) =>
			one.ordinal === 1 ? { ...one, phase: "Pending" as const, running: false, ...pod } : one,
		);
		const nodes = view.nodes.map((one) => (one.name === view.pods[1]?.node ? { ...one, ...node } : one));
		const members = view.etcd.members.map((one) => (one.ordinal === 1 ? { ...one, name: "" } : one));
		expect(leavingRecord({ ...view, pods, nodes, etcd: { ...view.etcd, members } }, 1).unused).toBe(unused);
	});

	it("is of another member where another pod has come", () => {
		expect(leavingRecord(withLeaving({ ...first, pod: "earlier", member: "abc" }), 1)).toEqual(first);
	});
});
