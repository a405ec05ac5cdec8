import { describe, expect, it } from "vitest";
import type { ClusterView } from "../cluster/cluster-view.ts";
import type { ScalingRecord } from "../cluster/scaling-record.ts";
import { nextStep } from "./next-step.ts";
import { plan } from "./plan.ts";
import { healthyView } from "./testing/views.ts";

/** Three members, in the middle of a growth to five, at revision 1000 of cluster 7. */
function halfWay(change: Partial<ScalingRecord>): ClusterView {
	const view = healthyView({ members: 3 });
	const { template, rawUpdateStrategy: updateStrategy } = view.statefulSet;
	const record = {
		version: 1,
		from: 3,
		startedAt: "2026-11-30T09:00:00.123Z",
		template,
		updateStrategy,
		snapshot: { file: "/x.db", revision: "900", sha256: "ab", takenAt: "" },
		...change,
	} as const;
	return { ...view, snapshotReadable: true, statefulSet: { ...view.statefulSet, record } };
}

const goal = { replicas: 5, snapshot: true };

describe("a run whose cluster holds something else than it recorded", () => {
	it("goes on where that follows from it", () => {
		const view = halfWay({ history: { clusterId: "7", revision: "1000", keys: 3 } });
		expect(nextStep(view, goal)).toMatchObject({ kind: "step", step: { kind: "create-volume" } });
	});

	it("waits where the leader is behind the last proof, though not behind the snapshot", () => {
		const view = halfWay({ history: { clusterId: "7", revision: "1001", keys: 1177 } });
		expect(nextStep(view, goal)).toMatchObject({
			kind: "wait",
			wait: {
				reason: expect.stringContaining(
					"leads at revision 1000, but the run begun 2026-11-30T09:00:00Z has cluster 7, 1177 keys at revision 1001",
				),
			},
		});
	});

	it("stops where the cluster is another", () => {
		const view = halfWay({ history: { clusterId: "8", revision: "950" } });
		expect(nextStep(view, goal)).toMatchObject({
			kind: "blocked",
			blocked: {
				reason: "OtherCluster",
				hint: expect.stringContaining("quorate abort sts/mayastor-etcd -n mayastor --accept-history"),
			},
		});
	});

	for (const history of [
		{ clusterId: "8", revision: "950" },
		{ clusterId: "7", revision: "1001" },
	]) {
		it(`takes a snapshot of what is there and goes on where that is accepted (${history.clusterId})`, () => {
			const view = halfWay({ history, proven: { voters: 3, revision: "1" } });
			for (const snapshot of [true, false]) {
				const { steps, blocked } = plan(view, { ...goal, snapshot, acceptHistory: true });
				expect(blocked).toBeUndefined();
				expect(steps.map(({ step }) => step.kind).slice(0, 2)).toEqual(["take-snapshot", "create-volume"]);
				expect(steps.at(-1)?.voters).toBe(5);
			}
		});
	}
});
