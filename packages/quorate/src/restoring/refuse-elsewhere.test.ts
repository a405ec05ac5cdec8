import { describe, expect, it } from "vitest";
import type { ClusterView } from "../cluster/cluster-view.ts";
import { zoneMembers, zonesView } from "../cluster/testing/zones.ts";
import { healthyView } from "../scaling/testing/views.ts";
import { refuseElsewhere } from "./refuse-elsewhere.ts";
import { restorePlan } from "./restore-plan.ts";

const healthy = healthyView();
const recorded = (...sets: string[]) => ({ path: "z.db", members: zoneMembers(sets) });
const own = recorded("etcd-a");
/** Only pods of etcd-a are listed, or none. */
const alone = (count: 0 | 1): ClusterView => {
	const view = zonesView(healthy);
	return { ...view, etcd: { ...view.etcd, members: view.etcd.members.slice(0, count) } };
};

describe("a restore of one StatefulSet of several", () => {
	it("is refused before anything: with quorum there is no need", () => {
		const snapshot = {
			...{ path: "z.db", revision: 10n, keys: 3, clusterVersion: "3.5.0", storageVersion: undefined },
			members: own.members.map((member) => ({ ...member, id: 1n, clientURLs: [], isLearner: false })),
		};
		expect(() => restorePlan(zonesView(healthy), snapshot, {}, new Date())).toThrow(
			expect.objectContaining({
				code: "Refused",
				state: "nothing was changed",
				message:
					"the cluster of etcd-a has members that are not pods of it: etcd-b-0, etcd-c-0 (they are of StatefulSet/etcd-b, StatefulSet/etcd-c); a restore of etcd-a alone would begin a second cluster beside them",
				hint: expect.stringMatching(
					/^the cluster has quorum and needs no restore: quorate status sts\/etcd-a -n zones; .*restore z.db --to lab$/,
				),
			}),
		);
	});

	it("is refused without quorum, by one member's own list, with what brings the others back", () => {
		const known = refuseElsewhere(zonesView(healthy, { down: true, otherSets: ["etcd-b", "etcd-c"] }), own);
		expect(known?.hint).toMatch(
			/^bring these members back: kubectl scale sts etcd-b -n zones --replicas=1; then kubectl scale sts etcd-c -n zones --replicas=1; if they cannot/,
		);
		const unknown = refuseElsewhere(zonesView(healthy, { down: true }), own);
		expect(unknown?.message).toContain("etcd-b-0, etcd-c-0 (they run elsewhere, or did)");
		expect(unknown?.hint).toContain("kubectl get sts,pods -n zones -o wide");
	});

	it("is refused by what the file records, and by the template where no member answers", () => {
		expect(refuseElsewhere(alone(1), own)).toBeUndefined();
		expect(refuseElsewhere(alone(1), recorded("etcd-a", "etcd-b", "etcd-c"))?.message).toMatch(
			/^the snapshot is of a cluster with members that cannot be pods of etcd-a: etcd-b-0, etcd-c-0;/,
		);
		const silent = refuseElsewhere(alone(0), own);
		expect(silent?.message).toMatch(/^no member answers, and the template of etcd-a names .*: etcd-b-0, etcd-c-0 /);
		expect(silent?.hint).toContain("take the others out of --initial-cluster");
	});

	it("is none where the file is of another cluster as a whole", () =>
		expect(refuseElsewhere(alone(1), recorded("etcd-x", "etcd-y"))).toBeUndefined());
});
