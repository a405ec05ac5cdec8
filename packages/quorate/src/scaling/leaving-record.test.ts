import { describe, expect, it } from "vitest";
import type { ClusterView } from "../cluster/cluster-view.ts";
import type { ScalingRecord } from "../cluster/scaling-record.ts";
import { isNoted, withLeaving } from "./leaving-record.ts";
import { healthyView } from "./testing/views.ts";

const view = healthyView({ members: 2 });

const recorded = (record: Partial<ScalingRecord>, of = view): ClusterView => ({
	...of,
	statefulSet: { ...of.statefulSet, record: record as ScalingRecord },
});
const withNoted = (leaving: ScalingRecord["leaving"]) => recorded({ ...(leaving ? { leaving } : {}) });
const leavingRecord = (of: ClusterView, ordinal: number) =>
	withLeaving(of, of.statefulSet.record ?? ({} as ScalingRecord), ordinal).leaving;

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
		expect(isNoted(withNoted(first), 1)).toBe(true);
		expect(leavingRecord(withNoted(first), 1)).toBe(withNoted(first).statefulSet.record?.leaving);
	});

	it("names no member where its image has added itself again: the folder may hold the data of either", () => {
		const again = withNoted({ ordinal: 1, ...first, member: "abc" });
		expect(isNoted(again, 1)).toBe(false);
		const { member: _, ...either } = first ?? { ordinal: 1 };
		expect(leavingRecord(again, 1)).toEqual(either);
		expect(isNoted(withNoted(either), 1)).toBe(true);
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
		expect(leavingRecord({ ...view, pods, nodes, etcd: { ...view.etcd, members } }, 1)?.unused).toBe(unused);
	});

	it("is of another member where another pod has come", () => {
		expect(leavingRecord(withNoted({ ordinal: 1, ...first, pod: "earlier", member: "abc" }), 1)).toEqual(first);
	});

	it("stays, when another one is to leave before its claims are cleared", () => {
		const whole = healthyView({ members: 5 });
		const first = withLeaving(whole, { from: 5 } as ScalingRecord, 4);
		const { etcd, pods, claims } = whole;
		const without = { ...whole, etcd: { ...etcd, members: etcd.members.slice(0, 4) }, pods: pods.slice(0, 4) };
		const second = withLeaving(recorded(first, without), first, 3);
		expect([second.leaving?.ordinal, second.left]).toEqual([3, [first.leaving]]);
		// once more, it is the same
		expect(withLeaving(recorded(second, without), second, 3)).toEqual(second);
		const cleared = { ...without, claims: claims.filter(({ ordinal }) => ordinal !== 4) };
		expect(withLeaving(recorded(second, cleared), second, 3)).toEqual({ from: 5, leaving: second.leaving });
		// its image has added it again: nobody has left
		expect(withLeaving(recorded(second, whole), second, 3).left).toBeUndefined();
	});

	it("is no end of a proof: one that came, was not proven and leaves again is still to be proven", () => {
		const { voters, proven } = withLeaving(healthyView({ members: 4 }), { from: 3 } as ScalingRecord, 3);
		expect([voters, proven]).toEqual([4, undefined]);
		const later = { from: 3, proven: { voters: 4, revision: "1" } } as ScalingRecord;
		expect(withLeaving(healthyView({ members: 4 }), later, 3)).toMatchObject({ proven: later.proven });
	});
});
