import { describe, expect, it } from "vitest";
import { healthyView } from "../scaling/testing/views.ts";
import type { ClusterView, MemberView } from "./cluster-view.ts";
import { membersElsewhere, namedElsewhere, spansSets, templateElsewhere } from "./members-elsewhere.ts";
import { zoneMembers, zonesView } from "./testing/zones.ts";

const healthy = healthyView();
/** The healthy view with that one beside its members; it does not answer. */
const beside = (member: Partial<MemberView>, view: ClusterView = healthy): ClusterView => {
	const [first] = view.etcd.members;
	if (!first) throw new Error("the view has members");
	const added = { ...first, id: 9n, ordinal: undefined, status: undefined, lag: undefined, ...member };
	return { ...view, etcd: { ...view.etcd, members: [...view.etcd.members, added] } };
};
const found = (view: ClusterView) => membersElsewhere(view).map(({ member, owner }) => [member.name, owner]);

describe("members that are not pods of the StatefulSet", () => {
	it("are none where each member is a pod of it, be it down or under another name", () => {
		expect(found(healthy)).toEqual([]);
		const [first, second, third] = healthy.etcd.members;
		if (!first || !second || !third) throw new Error("the view has three members");
		const members = [first, { ...second, status: undefined }, { ...third, name: "default" }];
		expect(found({ ...healthy, etcd: { ...healthy.etcd, members } })).toEqual([]);
	});

	it("one StatefulSet per zone: are those of other StatefulSets' pods, running or scaled away", () => {
		const both = ["etcd-b", "etcd-c"];
		const known = both.map((set) => [`${set}-0`, `StatefulSet/${set}`]);
		expect(found(zonesView(healthy))).toEqual(known);
		expect(found(zonesView(healthy, { down: true, otherSets: both }))).toEqual(known);
		expect(spansSets(zonesView(healthy))).toBe(true);
	});

	it("are those of pods' names that no StatefulSet of this namespace has, too", () => {
		const view = zonesView(healthy, { down: true });
		expect(found(view)).toEqual(zoneMembers(["etcd-b", "etcd-c"]).map(({ name }) => [name, undefined]));
		expect(spansSets(view)).toBe(false);
	});

	it("are those of equal names in other namespaces", () => {
		const peerURLs = ["http://mayastor-etcd-0.mayastor-etcd-headless.mayastor-2.svc.cluster.local:2380"];
		const view = beside({ name: "mayastor-etcd-0", ordinal: 0, peerURLs });
		expect(membersElsewhere(view).map(({ at }) => at?.namespace)).toEqual(["mayastor-2"]);
	});

	it("are those of other machines, unless one may be a pod whose member is not known", () => {
		const machine = { name: "vm", peerURLs: ["http://203.0.113.9:2380"] };
		expect(found(beside(machine))).toEqual([["vm", undefined]]);
		const others = { ...healthy, etcd: { ...healthy.etcd, members: healthy.etcd.members.slice(0, 2) } };
		expect(found(beside(machine, others))).toEqual([]);
	});

	it("are none that have never started, for these hold nothing", () =>
		expect(found(beside({ name: "", peerURLs: ["http://203.0.113.9:2380"] }))).toEqual([]));
});

describe("members that a snapshot or a template names", () => {
	const { statefulSet } = zonesView(healthy);

	it("are elsewhere where others of them are pods of the StatefulSet", () => {
		const elsewhere = ["etcd-b", "etcd-c"].map((set) => ({ pod: `${set}-0`, set, namespace: "zones" }));
		expect(namedElsewhere(statefulSet, zoneMembers())).toEqual(elsewhere);
		expect(templateElsewhere(statefulSet)).toEqual(elsewhere);
		expect(templateElsewhere(healthy.statefulSet)).toEqual([]);
	});

	it("are not where all are another StatefulSet's, or of the same in another namespace: that is a cluster that moves", () => {
		expect(namedElsewhere(statefulSet, zoneMembers(["etcd-x", "etcd-y"]))).toEqual([]);
		expect(namedElsewhere(statefulSet, zoneMembers(["etcd-a"], "zones-before"))).toEqual([]);
		expect(namedElsewhere(statefulSet, zoneMembers(["etcd-a"]))).toEqual([]);
	});
});
