import { describe, expect, it } from "vitest";
import type { ClusterView } from "../cluster/cluster-view.ts";
import { lostMemberHint } from "./lost-member.ts";
import { nextStep } from "./next-step.ts";
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

	it("is taken out where it is the last, or all after it are down as well: no other is touched", () => {
		const last = down(5, 4);
		expect(lostMemberHint(last, memberOf(last, 4))).toMatch(
			/take it out: quorate scale sts\/mayastor-etcd -n mayastor --replicas 4; and then grow again$/,
		);
		const both = down(5, 3, 4);
		expect(lostMemberHint(both, memberOf(both, 3))).toContain("--replicas 3; and");
		const middle = down(5, 3);
		expect(lostMemberHint(middle, memberOf(middle, 3))).not.toContain("quorate scale");
	});

	it("leaves with the size, and need not be well; each other member must be", () => {
		const decided = (view: ClusterView, replicas: number) => nextStep(view, { replicas, snapshot: false });
		expect(decided(down(5, 4), 4)).toMatchObject({ kind: "step", step: { kind: "lower-replicas", replicas: 4 } });
		expect(decided(down(5, 3, 4), 3)).toMatchObject({ kind: "step", step: { kind: "lower-replicas", replicas: 4 } });
		expect(decided(down(3, 2), 2)).toMatchObject({ kind: "step", step: { kind: "lower-replicas", replicas: 2 } });
		for (const [view, replicas] of [
			[down(5, 4), 5],
			[down(5, 3), 4],
			[down(5, 3), 3],
			[down(5, 1, 4), 4],
		] as const)
			expect(decided(view, replicas)).toMatchObject({ kind: "wait", wait: { kind: "voters-healthy" } });
	});

	it("is proven with what stays, once nobody is down: not before the next one has left", () => {
		const left = down(5, 3, 4);
		const { statefulSet: set, etcd } = left;
		const { template, rawUpdateStrategy: updateStrategy } = set;
		const record = { version: 1 as const, from: 5, startedAt: "", template, updateStrategy };
		const after = (count: number): ClusterView => ({
			...left,
			pods: left.pods.slice(0, count),
			etcd: { ...etcd, members: etcd.members.slice(0, count) },
			statefulSet: { ...set, record, replicas: count },
		});
		const goal = { replicas: 3, snapshot: false };
		expect(nextStep(after(4), goal)).toMatchObject({ kind: "step", step: { kind: "lower-replicas", replicas: 3 } });
		expect(nextStep(after(3), goal)).toMatchObject({ kind: "step", step: { kind: "prove", voters: 3 } });
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

describe("members that are not pods of the StatefulSet", () => {
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
