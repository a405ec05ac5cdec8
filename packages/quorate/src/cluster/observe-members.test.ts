import { describe, expect, it } from "vitest";
import type { PodView } from "./cluster-view.ts";
import type { MemberConnections } from "./member-connections.ts";
import { observeMembers } from "./observe-members.ts";

const pods = [0, 1, 2].map((ordinal) => ({ ordinal, name: `etcd-${ordinal}`, running: true }) as PodView);

/** Members that answer with these cluster ids; each believes to be led by the first of its cluster. */
function members(clusterIds: readonly bigint[]): MemberConnections {
	const to = ({ name }: { name: string }) => {
		const index = Number(name.split("-")[1]);
		const clusterId = clusterIds[index] ?? 0n;
		const leader = BigInt(clusterIds.indexOf(clusterId) + 1);
		const own = clusterIds.flatMap((id, n) => (id === clusterId ? [n] : []));
		return {
			status: async () => ({
				...{ clusterId, memberId: BigInt(index + 1), leader, isLearner: false, raftAppliedIndex: 9n, errors: [] },
			}),
			memberList: async () => ({
				clusterId,
				members: own.map((n) => ({
					...{ id: BigInt(n + 1), name: `etcd-${n}`, peerURLs: [], clientURLs: [], isLearner: false },
				})),
			}),
			alarmList: async () => [],
		};
	};
	return { to } as unknown as MemberConnections;
}

describe("asking who is a member", () => {
	it("tells the members of one cluster", async () => {
		const view = await observeMembers(members([7n, 7n, 7n]), pods, "etcd", {});
		expect(view).toMatchObject({ trouble: undefined, clusterId: 7n, leader: 1n });
		expect(view.members.map(({ name }) => name)).toEqual(["etcd-0", "etcd-1", "etcd-2"]);
	});

	it("takes no side where pods are members of two", async () => {
		const view = await observeMembers(members([7n, 10n, 7n]), pods, "etcd", {});
		expect(view.leader).toBeUndefined();
		expect(view.trouble).toBe(
			"the pods are not members of one cluster, but of 2: etcd-0, etcd-2 (cluster 7); etcd-1 (cluster a)",
		);
	});
});
