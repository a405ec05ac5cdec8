import { describe, expect, it } from "vitest";
import type { ClusterView } from "../cluster/cluster-view.ts";
import { lostMemberHint } from "./lost-member.ts";
import { findObstacles } from "./obstacles.ts";
import { plan } from "./plan.ts";
import { healthyView } from "./testing/views.ts";

const down = (members: number, ...ordinals: number[]): ClusterView => {
	const view = healthyView({ members });
	const seen = view.etcd.members.map((member) =>
		ordinals.includes(member.ordinal ?? -1) ? { ...member, status: undefined, lag: undefined } : member,
	);
	const pods = view.pods.map((pod) =>
		ordinals.includes(pod.ordinal) ? { ...pod, ready: false, running: false } : pod,
	);
	return { ...view, pods, etcd: { ...view.etcd, members: seen } };
};
const goal = (replicas: number) => ({ replicas, snapshot: true });
const memberOf = (view: ClusterView, ordinal: number) => {
	const member = view.etcd.members[ordinal];
	if (!member) throw new Error("no such member");
	return member;
};

describe("a member whose disk is gone", () => {
	it("is hinted at truly: all begin again from a snapshot while a quorum is left", () => {
		const first = down(3, 0);
		expect(lostMemberHint(first, memberOf(first, 0))).toMatch(/quorate snapshot save .*; then .* --runbook$/);
		const lost = down(3, 0, 1);
		expect(lostMemberHint(lost, memberOf(lost, 0))).toBe(
			"bring mayastor-etcd-0 back first: kubectl describe pod mayastor-etcd-0 -n mayastor",
		);
	});

	it("is taken out where it is the last: its pod does not answer, and no other is touched", () => {
		const seen = down(5, 4);
		const last = { ...seen, pods: healthyView({ members: 5 }).pods };
		const stuck = lostMemberHint(seen, memberOf(seen, 4));
		expect(stuck).not.toContain("kubectl scale");
		expect(lostMemberHint(last, memberOf(last, 4))).toMatch(
			/kubectl scale sts\/mayastor-etcd -n mayastor --replicas=4; then, .* quorate scale sts\/mayastor-etcd -n mayastor --replicas 4/,
		);
		const middle = down(5, 3);
		expect(lostMemberHint(middle, memberOf(middle, 3))).not.toContain("kubectl scale");
	});

	it("lost-pod0: once it is taken out by hand, the gap is named and no other pod, and no hint lowers the replicas", () => {
		const view = healthyView();
		const members = view.etcd.members.slice(1);
		const found = [...findObstacles({ ...view, etcd: { ...view.etcd, members, leader: 102n } }, goal(3))];
		expect(found.map(({ reason }) => reason)).toEqual(["MemberMissing"]);
		expect(found[0]?.message).toContain("mayastor-etcd-0");
		expect(found[0]?.hint).not.toContain("kubectl scale");
	});
});

describe("members that are no pods of the StatefulSet", () => {
	it("one StatefulSet per zone: names the others, and hints at no removal", () => {
		const view = healthyView();
		const members = view.etcd.members.map((member, index) => {
			if (index === 0) return member;
			const outside = { name: `z${index}-0`, uid: "", running: true, node: undefined, owner: `StatefulSet/z${index}` };
			return { ...member, ordinal: undefined, outside };
		});
		const [found] = findObstacles({ ...view, etcd: { ...view.etcd, members } }, goal(3));
		expect(found).toMatchObject({
			reason: "SeveralStatefulSets",
			message: expect.stringContaining("StatefulSet/mayastor-etcd and StatefulSet/z1, StatefulSet/z2"),
			hint: expect.not.stringContaining("remove"),
		});
	});

	it("the only member is never one to remove", () => {
		const view = healthyView({ members: 1 });
		const members = view.etcd.members.map((member) => ({ ...member, ordinal: undefined }));
		const [found] = findObstacles({ ...view, etcd: { ...view.etcd, members } }, goal(1));
		expect(found).toMatchObject({ reason: "ForeignMember", hint: expect.not.stringContaining("remove") });
	});

	it("default-name: growing is refused with the commands that give it a name and a URL", () => {
		const view = healthyView({ members: 1 });
		const members = view.etcd.members.map((member) => ({
			...member,
			...{ name: "default", peerURLs: ["http://localhost:2380"] },
		}));
		const { template } = view.statefulSet;
		const containers = template.spec?.containers.map(({ env: _, ...rest }) => ({ ...rest, args: ["--data-dir=/d"] }));
		const statefulSet = { ...view.statefulSet, template: { ...template, spec: { containers: containers ?? [] } } };
		const { blocked } = plan({ ...view, statefulSet, etcd: { ...view.etcd, members } }, goal(3));
		expect(blocked).toMatchObject({ reason: "PeerURLLocal", message: expect.stringContaining('member "default"') });
		expect(blocked?.hint).toContain(
			"etcdctl member update 65 --peer-urls=http://mayastor-etcd-0.mayastor-etcd-headless.mayastor.svc:2380",
		);
		expect(blocked?.hint).toContain('"name":"ETCD_NAME","value":"$(POD_NAME)"');
	});
});
