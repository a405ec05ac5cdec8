import { describe, expect, it } from "vitest";
import { healthyView } from "../scaling/testing/views.ts";
import type { ClusterView, EtcdView, SideView } from "./cluster-view.ts";
import { zonesView } from "./testing/zones.ts";
import { verdictOf } from "./verdict.ts";

const view = healthyView();
const withEtcd = (etcd: Partial<EtcdView>, set: Partial<ClusterView["statefulSet"]> = {}): ClusterView => ({
	...view,
	statefulSet: { ...view.statefulSet, ...set },
	etcd: { ...view.etcd, leader: undefined, ...etcd },
});
/** Of three only these answer, and know no leader. */
const left = (...ordinals: number[]) =>
	view.etcd.members.map((member) =>
		ordinals.includes(member.ordinal ?? -1) && member.status
			? { ...member, status: { ...member.status, leader: 0n } }
			: { ...member, status: undefined },
	);
const side = (pods: string[], voters: number, term: bigint, index: bigint, revision: bigint): SideView => ({
	...{ pods, clusterId: 7n, leader: 1n, voters, term, index, revision, alone: false },
});

describe("the verdict", () => {
	it("is none where etcd takes writes, be a member down or not", () => {
		expect(verdictOf(view)).toBeUndefined();
		const [first, ...others] = view.etcd.members;
		if (!first) throw new Error("no members");
		const members = [{ ...first, status: undefined }, ...others];
		expect(verdictOf({ ...view, etcd: { ...view.etcd, members } })).toBeUndefined();
	});

	it("history lost: all agree, but not on the data that was recorded, and nothing is printed that changes the cluster", () => {
		const recorded = {
			clusterId: 7n,
			revision: 999_999n,
			keys: 1177,
			by: "quorate scale on T",
			accept: "quorate validate X",
		};
		const verdict = verdictOf(view, recorded);
		expect(verdict?.kind).toBe("history-lost");
		expect(verdict?.line).toMatch(
			/^DATA LOST OR REPLACED: data was lost: quorate scale on T recorded cluster 7, 1177 keys at revision 999999; now/,
		);
		expect(verdict?.next).toEqual(["quorate check sts/mayastor-etcd -n mayastor", "quorate validate X"]);
		expect(verdictOf(view, { ...recorded, revision: 1n })).toBeUndefined();
		expect(verdictOf(view, { ...recorded, revision: 1n, clusterId: 8n })?.line).toMatch(/this is another cluster/);
	});

	it("quorum lost: how many answer and are needed, and the two commands, with the pod that holds most", () => {
		const verdict = verdictOf(withEtcd({ trouble: "lost", listedByOne: true, members: left(1) }));
		expect(verdict).toEqual({
			kind: "quorum-lost",
			line: "QUORUM LOST: 1 of 3 members answers, 2 needed; etcd takes no writes.",
			next: [
				"quorate snapshot save mayastor-etcd-1.db sts/mayastor-etcd -n mayastor --pod mayastor-etcd-1",
				"quorate snapshot restore mayastor-etcd-1.db sts/mayastor-etcd -n mayastor --runbook",
			],
		});
	});

	it("reset-values, scale0: members without a pod are brought back, by the member list or else by the claims", () => {
		const next = ["kubectl scale sts mayastor-etcd -n mayastor --replicas=3"];
		const one = withEtcd({ trouble: "lost", listedByOne: true, members: left(0) }, { replicas: 1 });
		expect(verdictOf({ ...one, claims: [] })).toMatchObject({ kind: "quorum-lost", next });
		const none = { ...withEtcd({ trouble: "there are no pods", members: [] }, { replicas: 0 }), pods: [] };
		expect(verdictOf(none)).toEqual({
			kind: "stopped",
			line: "STOPPED: the StatefulSet has 0 replicas, but the claims of 3 members are there; no etcd runs.",
			next,
		});
		const silent = withEtcd({ trouble: "no answer", members: [] }, { replicas: 1 });
		expect(verdictOf(silent)).toMatchObject({ kind: "no-answer", next });
	});

	it("one StatefulSet per zone: names whose the members are, and brings them back; no runbook", () => {
		const line =
			"QUORUM LOST: 1 of 3 members answers, 2 needed; etcd takes no writes. etcd-b-0, etcd-c-0 are of StatefulSet/etcd-b, StatefulSet/etcd-c: bring them back.";
		const next = ["etcd-b", "etcd-c"].map((set) => `kubectl scale sts ${set} -n zones --replicas=1`);
		const otherSets = ["etcd-b", "etcd-c"];
		expect(verdictOf(zonesView(view, { down: true, otherSets }))).toEqual({ kind: "quorum-lost", line, next });
		const unknown = verdictOf(zonesView(view, { down: true }));
		expect(unknown?.line).toContain("etcd-b-0, etcd-c-0 are not pods of etcd-a: bring them back.");
		expect(unknown?.next).toEqual([
			"quorate snapshot save etcd-a-0.db sts/etcd-a -n zones --pod etcd-a-0",
			"kubectl get sts,pods -n zones -o wide",
		]);
		expect(verdictOf(zonesView(view))).toBeUndefined();
	});

	it("one StatefulSet per zone: a side that is ahead is saved, and not restored alone", () => {
		const sides = [side(["etcd-a-0"], 1, 2n, 30n, 8n), side(["etcd-b-0", "etcd-c-0"], 3, 3n, 115n, 8n)];
		const zones = zonesView(view);
		const verdict = verdictOf({ ...zones, etcd: { ...zones.etcd, trouble: "divided", sides } });
		expect(verdict?.next.join()).toMatch(/snapshot save etcd-a-0.db .*snapshot save etcd-b-0.db/);
		expect(verdict?.next.join()).not.toContain("--runbook");
		const stopped = { ...zones, pods: [], statefulSet: { ...zones.statefulSet, replicas: 0 } };
		expect(verdictOf({ ...stopped, etcd: { ...zones.etcd, trouble: "there are no pods", members: [] } })?.line).toBe(
			"STOPPED: the StatefulSet has 0 replicas, but the claim of 1 member is there; no etcd of it runs; its template also names etcd-b-0, etcd-c-0, of other StatefulSets.",
		);
	});

	it("an election is no loss of quorum", () => {
		const verdict = verdictOf(withEtcd({ trouble: "no leader", listedByOne: true, members: left(0, 1) }));
		expect(verdict).toMatchObject({ kind: "no-leader", line: expect.stringContaining("2 of 3 members answer") });
	});

	it("same-ids: names both sides, and the one that is ahead in all; nothing lowers the replicas", () => {
		const sides = [side(["e-0"], 1, 2n, 30n, 8n), side(["e-1", "e-2"], 3, 3n, 115n, 8n)];
		const verdict = verdictOf(withEtcd({ trouble: "divided", sides }));
		expect(verdict?.line).toContain("e-0 (cluster 7, 1 voter, term 2, index 30, revision 8) and e-1, e-2 (");
		expect(verdict?.line).toContain("e-1, e-2 are ahead in all, and hold the data");
		expect(verdict?.next).toEqual([
			"quorate snapshot save e-0.db sts/mayastor-etcd -n mayastor --pod e-0",
			"quorate snapshot save e-1.db sts/mayastor-etcd -n mayastor --pod e-1",
			"quorate snapshot restore e-1.db sts/mayastor-etcd -n mayastor --runbook",
		]);
	});

	describe("left-and-began: a pod that is no member began a cluster of its own", () => {
		const apart = [{ pod: "mayastor-etcd-2", ordinal: 2, clusterId: 0xabn, revision: 12n }];
		const save = "quorate snapshot save mayastor-etcd-2.db sts/mayastor-etcd -n mayastor --pod mayastor-etcd-2";

		it("is saved and sent away", () => {
			expect(verdictOf(withEtcd({ members: left(0, 1).slice(0, 2), apart }))).toEqual({
				kind: "apart",
				line: "APART: mayastor-etcd-2 (ab, at revision 12) is no member, and its etcd began a cluster of its own: clients of the Service may be answered by either. Save what anybody needs of its keys; then send the pod away.",
				next: [save, "kubectl scale sts mayastor-etcd -n mayastor --replicas=2"],
			});
		});

		it("lies between members: no command lowers the replicas", () => {
			const between = apart.map((one) => ({ ...one, pod: "mayastor-etcd-1", ordinal: 1 }));
			const [first, , last] = left(0, 2);
			const verdict = verdictOf(withEtcd({ members: first && last ? [first, last] : [], apart: between }));
			expect(verdict?.next).toEqual([save.replaceAll("etcd-2", "etcd-1")]);
		});

		it("is a member that is down, where it is listed", () => {
			expect(verdictOf(withEtcd({ apart }))).toBeUndefined();
		});
	});

	it("takes no side where one has the higher term, and the other the higher revision", () => {
		const sides = [side(["e-0"], 1, 2n, 300n, 80n), side(["e-1"], 3, 3n, 115n, 8n)];
		const verdict = verdictOf(withEtcd({ trouble: "divided", sides }));
		expect(verdict?.line).toContain("neither is ahead in all");
		expect(verdict?.next.join()).not.toContain("restore");
	});

	it("three-singles: says that they are separate databases", () => {
		const alone = (pod: string) => ({ ...side([pod], 1, 2n, 4n, 1n), alone: true });
		const verdict = verdictOf(withEtcd({ trouble: "divided", sides: ["e-0", "e-1", "e-2"].map(alone) }));
		expect(verdict).toMatchObject({
			kind: "separate",
			line: expect.stringMatching(/^SEPARATE DATABASES: e-0, e-1, e-2/),
		});
		expect(verdict?.next).toHaveLength(3);
	});

	it("an alarm that stops writes", () => {
		const alarms = [{ memberId: 101n, type: "NOSPACE" as const }];
		expect(verdictOf({ ...view, etcd: { ...view.etcd, alarms } })).toMatchObject({
			kind: "alarm",
			line: "NO SPACE: mayastor-etcd-0 has raised NOSPACE; etcd takes no writes.",
		});
	});
});
