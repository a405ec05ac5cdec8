import { describe, expect, it } from "vitest";
import { leaving, sendingAway } from "./leaving.ts";
import { healthyView, type ViewOptions } from "./testing/views.ts";

it("says whose member is missing", () => {
	const view = healthyView();
	const members = view.etcd.members.map((member) => (member.ordinal === 2 ? { ...member, ordinal: 7 } : member));
	expect(leaving({ ...view, etcd: { ...view.etcd, members } }, { replicas: 2, snapshot: true })).toMatchObject({
		kind: "blocked",
		blocked: { reason: "MemberMissing", message: "mayastor-etcd-2 is not a member of the cluster" },
	});
});

describe("a pod that began a cluster of its own when its member had left", () => {
	const apart = [{ pod: "mayastor-etcd-1", ordinal: 1, clusterId: 0xabn, revision: 12n }];
	const left = (options: ViewOptions = {}) => {
		const view = healthyView({ members: 2, ...options });
		return { ...view, etcd: { ...view.etcd, members: view.etcd.members.slice(0, 1), apart } };
	};

	it("is sent away where its static volume keeps what was written to it", () => {
		expect(sendingAway(left())).toEqual({ kind: "step", step: { kind: "lower-replicas", replicas: 1 } });
	});

	it("must be saved first where another volume has the log: nothing says whose database the first one holds", () => {
		const view = left();
		const [data] = view.storage;
		if (!data) throw new Error("there is a claim template");
		const claims = view.claims.flatMap((claim) => [claim, { ...claim, template: "wal", name: `wal-${claim.name}` }]);
		const storage = [data, { ...data, template: "wal" }];
		expect(sendingAway({ ...view, claims, storage })).toMatchObject({ blocked: { reason: "PodRunsOwnCluster" } });
	});

	it.each([
		["a provisioner deletes it", { provisioner: "example.com/dynamic" }],
		["the controller deletes its claim", { deletesClaims: true }],
	])("must be saved first where %s", (_, options) => {
		expect(sendingAway(left(options))).toMatchObject({
			kind: "blocked",
			blocked: {
				reason: "PodRunsOwnCluster",
				message: expect.stringContaining("(ab, at revision 12); what clients wrote to that one would be lost"),
				hint: expect.stringMatching(/snapshot save mayastor-etcd-1\.db .* --pod mayastor-etcd-1; then .*--replicas=1$/),
			},
		});
	});
});
