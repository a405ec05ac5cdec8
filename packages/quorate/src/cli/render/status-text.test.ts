import { describe, expect, it } from "vitest";
import type { ClusterView } from "../../cluster/cluster-view.ts";
import { zonesView } from "../../cluster/testing/zones.ts";
import { healthyView } from "../../scaling/testing/views.ts";
import { plainStyle } from "../testing/plain-style.ts";
import { statusText } from "./status-text.ts";

const text = (view: ClusterView, columns?: number, wide = false) =>
	statusText(view, plainStyle(columns), { wide, now: Date.parse("2026-11-21T10:05:30Z") }).join("\n");

describe("the status page", () => {
	it("shows the cluster and its members", () => {
		expect(text(healthyView())).toBe(`Cluster:     mayastor/mayastor-etcd
Cluster ID:  7
etcd:        3.5.9, image etcd:3.5.9
Members:     3 voters, all healthy; quorum 2, tolerance 1 (1 may fail)
Leader:      mayastor-etcd-0 (term 3)
Alarms:      none
Storage:     data 2Gi, class manual (static volumes)
Managed by:  none detected
Scaling:     none unfinished

NAME             ID  ROLE    STATUS   DB SIZE  RAFT INDEX  VERSION  POD    RESTARTS  NODE    VOLUME
mayastor-etcd-0  65  leader  healthy  977 KiB  1200        3.5.9    Ready  0         node-1  etcd-volume-0
mayastor-etcd-1  66  voter   healthy  977 KiB  1200        3.5.9    Ready  0         node-2  etcd-volume-1
mayastor-etcd-2  67  voter   healthy  977 KiB  1200        3.5.9    Ready  0         node-3  etcd-volume-2`);
	});

	it("splits the members' table on a narrow terminal", () => {
		const lines = text(healthyView(), 80).split("\n");
		for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
		expect(lines.filter((line) => line.startsWith("NAME"))).toHaveLength(2);
	});

	it("shows the URLs when wide", () =>
		expect(text(healthyView(), 80, true)).toMatch(/VOLUME +PEER URLS +CLIENT URLS\n/));

	it("counts a member that reports an alarm, for it has its vote", () => {
		const view = healthyView();
		const members = view.etcd.members.map((member) => ({
			...member,
			status: member.status && { ...member.status, errors: ["memberID:103 alarm:NOSPACE "] },
		}));
		const found = text({ ...view, etcd: { ...view.etcd, members, alarms: [{ memberId: 103n, type: "NOSPACE" }] } });
		expect(found).toContain("3 voters, all up; quorum 2, tolerance 1 (1 may fail)");
		expect(found).toContain("Alarms:      NOSPACE on mayastor-etcd-2");
		expect(found).toMatch(/mayastor-etcd-0 +65 +leader +alarm /);
	});

	it("tells what is wrong, in the words of etcd and Kubernetes", () => {
		const view = healthyView();
		const [first, second, third] = view.etcd.members;
		const [pod0, pod1] = view.pods;
		if (!first || !second || !third || !pod0 || !pod1) throw new Error("the view has three members");
		const found = text({
			...view,
			pods: [pod0, { ...pod1, ready: false, trouble: "pod mayastor-etcd-1: CrashLoopBackOff" }],
			etcd: {
				...view.etcd,
				alarms: [{ memberId: third.id, type: "NOSPACE" }],
				members: [
					first,
					{ ...second, status: undefined, lag: undefined, trouble: "connection refused" },
					{ ...third, lag: 4211n },
				],
			},
		});
		expect(found).toContain("Members:     3 voters, 2 of them up; quorum 2, tolerance 0 (none may fail)");
		expect(found).toContain("Alarms:      NOSPACE on mayastor-etcd-2");
		expect(found).toMatch(/mayastor-etcd-1 +66 +voter +unreachable +- +- +- +NotReady/);
		expect(found).toMatch(/mayastor-etcd-2 +67 +voter +behind +977 KiB +1200 \(-4211\) +3\.5\.9 +none/);
		expect(found).toContain("‼ mayastor-etcd-1: connection refused; pod mayastor-etcd-1: CrashLoopBackOff");
		expect(found).toContain("‼ 1 pod of 3 not made yet");
	});

	it.each([
		["that has not started", { name: "", status: undefined, lag: undefined }, "unstarted"],
		["that lags behind", { lag: 900n }, "behind"],
		["that is well", {}, "healthy"],
	])("tells a learner %s from the voters", (_, change, health) => {
		const view = healthyView({ members: 4 });
		const members = view.etcd.members.map((member) =>
			member.ordinal === 3 ? { ...member, isLearner: true, ...change } : member,
		);
		const found = text({ ...view, etcd: { ...view.etcd, members } });
		expect(found).toMatch(
			new RegExp(`Members: +3 voters, all healthy; quorum 2, .*; mayastor-etcd-3 is a learner \\(${health}\\)\n`),
		);
		expect(found).toMatch(new RegExp(` 68 +learner +${health} `));
	});

	it("says that quorum is lost", () => {
		const view = healthyView();
		const members = view.etcd.members.map((member, index) => (index === 0 ? member : { ...member, status: undefined }));
		expect(text({ ...view, etcd: { ...view.etcd, members, leader: undefined } })).toContain("(quorum is lost)");
		const silent = text({ ...view, etcd: { ...view.etcd, members: [], trouble: "no voter answers" } });
		expect(silent).toMatch(/^NO MEMBER ANSWERS: no voter answers\.\n {2}kubectl get pods -n mayastor -o wide\n\n/);
		expect(silent).toMatch(/Members: +unknown\nLeader: +unknown\nAlarms: +unknown\n/);
		expect(silent).toContain("mayastor-etcd-0: unknown: its etcd could not be asked");
	});

	it("shows a pod that is no member, and a member that is no pod", () => {
		const view = healthyView({ members: 4 });
		const members = view.etcd.members.slice(0, 3);
		const [one] = members;
		if (!one) throw new Error("the view has members");
		const foreign = { ...one, id: 255n, name: "old", ordinal: undefined };
		const found = text({ ...view, etcd: { ...view.etcd, members: [foreign, ...members] } });
		expect(found).toMatch(/mayastor-etcd-3 +- +none +no member/);
		expect(found).toContain("‼ mayastor-etcd-3: this pod is not a member of the cluster");
		const apart = [{ pod: "mayastor-etcd-3", ordinal: 3, clusterId: 0xabn, revision: 12n }];
		expect(text({ ...view, etcd: { ...view.etcd, members, apart } })).toContain(
			"not a member of the cluster: it began a cluster of its own (ab, at revision 12)",
		);
		expect(found).toMatch(/\nold +ff +voter .* none +- +- +-(\n|$)/);
	});

	it("one StatefulSet per zone: says so in a line, and shows the members' pods as whose they are", () => {
		const lines = text(zonesView(healthyView())).split("\n");
		expect(lines.filter((line) => line.startsWith("Spans:"))).toEqual([
			"Spans:       StatefulSet/etcd-a, StatefulSet/etcd-b, StatefulSet/etcd-c; Quorate does not change such a cluster",
		]);
		expect(lines).toContainEqual(
			expect.stringMatching(/^etcd-b-0 +66 +voter +healthy .* Ready \(etcd-b\) +- +node-6 +-$/),
		);
		expect(lines.join()).not.toMatch(/none +-/);
		expect(text(healthyView())).not.toContain("Spans");
	});

	it("shows how far an unfinished scaling is, and both ways out", () => {
		const view = healthyView({ members: 4 });
		const record = {
			version: 1 as const,
			from: 3,
			startedAt: "2026-11-21T10:00:00Z",
			template: view.statefulSet.template,
			updateStrategy: {},
		};
		const withRecord = (more: object) =>
			text({ ...view, statefulSet: { ...view.statefulSet, record: { ...record, ...more } } });
		const volumes = { path: "/data/{ordinal}" };
		expect(withRecord({ goal: { replicas: 5, snapshot: true, keepVolumes: true, volumes } })).toContain(`
Scaling:     3 → 5, 1 of 2 members done; begun 5m ago
  finish it:    quorate scale sts/mayastor-etcd -n mayastor --replicas 5 --keep-volumes --volume-path '/data/{ordinal}'
  take it back: quorate abort sts/mayastor-etcd -n mayastor --keep-volumes
`);
		// no size is made up where an older Quorate wrote none down
		expect(withRecord({})).toContain("--replicas N\n");
		expect(withRecord({ goal: { replicas: 3, snapshot: false, takesBack: true } })).toContain(`
Scaling:     being taken back to 3 members; begun 5m ago
  finish it:    quorate abort sts/mayastor-etcd -n mayastor
`);
	});
});
