import { expect, it } from "vitest";
import { leaving } from "./leaving.ts";
import { healthyView } from "./testing/views.ts";

it("says whose member is missing", () => {
	const view = healthyView();
	const members = view.etcd.members.map((member) => (member.ordinal === 2 ? { ...member, ordinal: 7 } : member));
	expect(leaving({ ...view, etcd: { ...view.etcd, members } }, { replicas: 2, snapshot: true })).toMatchObject({
		kind: "blocked",
		blocked: { reason: "MemberMissing", message: "mayastor-etcd-2 is not a member of the cluster" },
	});
});
