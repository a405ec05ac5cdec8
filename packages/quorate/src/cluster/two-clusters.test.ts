import { expect, it } from "vitest";
import { healthyView } from "../scaling/testing/views.ts";
import type { ClusterView } from "./cluster-view.ts";
import { twoClustersHint } from "./two-clusters.ts";

/** Five pods, of which these are members of another cluster. */
function apart(...ordinals: number[]): ClusterView {
	const view = healthyView({ members: 5 });
	const members = view.etcd.members.map((member) => {
		const clusterId = ordinals.includes(member.ordinal ?? -1) ? 10n : 7n;
		return { ...member, status: member.status && { ...member.status, clusterId } };
	});
	return { ...view, etcd: { ...view.etcd, trouble: "the pods are not members of one cluster", members } };
}

it("the last pods are scaled away, and then their members", () => {
	expect(twoClustersHint(apart(3, 4))).toMatch(
		/^mayastor-etcd-3, mayastor-etcd-4 lost .*kubectl scale sts\/mayastor-etcd -n mayastor --replicas=3\).*quorate scale sts\/mayastor-etcd -n mayastor --replicas 3\)/,
	);
});

it.each([[[0]], [[1]], [[2, 3, 4]], [[0, 4]]])(
	"nobody but a person can tell which is right where %j are apart",
	(ordinals) => {
		expect(twoClustersHint(apart(...ordinals))).toMatch(/^see which of them holds the data/);
	},
);

it("there is nothing to say of one cluster, or where a person need not decide", () => {
	expect(twoClustersHint(apart())).toBeUndefined();
	const view = apart(4);
	expect(twoClustersHint({ ...view, etcd: { ...view.etcd, trouble: undefined } })).toBeUndefined();
});
