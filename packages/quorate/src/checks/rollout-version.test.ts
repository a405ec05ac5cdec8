import { describe, expect, it } from "vitest";
import type { ClusterView } from "../cluster/cluster-view.ts";
import { PLAIN } from "../cluster/security-view.ts";
import { healthyView } from "../scaling/testing/views.ts";
import { rolloutVersion } from "./rollout-version.ts";

/** The members run 3.5.9; someone put that image into the template. */
function judge(image: string, change: (view: ClusterView) => ClusterView = (view) => view) {
	const view = healthyView();
	const set = view.statefulSet;
	const outdated = { ...view, statefulSet: { ...set, updateRevision: "newest", etcd: { ...set.etcd, image } } };
	const goal = { replicas: 3, snapshot: true, rollOut: "template" as const };
	return rolloutVersion({ view: change(outdated), goal, security: PLAIN, missingRights: [], force: false });
}

describe("rollout-version", () => {
	it.each(["quay.io/coreos/etcd:v3.5.35", "etcd:3.6.16", "bitnami/etcd:3.6.16-debian-12-r0"])("lets %s pass", (image) =>
		expect(judge(image)).toMatchObject({ status: "pass" }),
	);

	it("refuses two minor versions at once, and an older one", () => {
		expect(judge("etcd:3.7.3")).toMatchObject({
			status: "fail",
			saw: "more than one minor version at once: image etcd:3.7.3; the members run etcd 3.5",
			hint: expect.stringContaining("roll out etcd 3.6 first"),
		});
		expect(judge("registry:5000/etcd:v3.4.37@sha256:0123")).toMatchObject({
			status: "fail",
			saw: expect.stringMatching(/^an older version than the members run: /),
		});
	});

	it("lets a downgrade pass that etcd was told of", () => {
		const told = (view: ClusterView): ClusterView => ({
			...view,
			etcd: {
				...view.etcd,
				members: view.etcd.members.map((m) => ({ ...m, status: m.status && { ...m.status, downgradeEnabled: true } })),
			},
		});
		expect(judge("etcd:3.4.37", told)).toMatchObject({ status: "pass" });
	});

	it.each(["etcd:latest", "registry:5000/etcd", "etcd@sha256:0123"])("does not judge %s", (image) =>
		expect(judge(image)).toMatchObject({ status: "skip" }),
	);
});
