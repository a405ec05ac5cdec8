import { describe, expect, it } from "vitest";
import type { PodView } from "./cluster-view.ts";
import type { MemberConnections } from "./member-connections.ts";
import { observeMembers } from "./observe-members.ts";

const pods = [0, 1, 2].map((ordinal) => ({ ordinal, name: `etcd-${ordinal}`, running: true }) as PodView);

interface Said {
	clusterId: bigint;
	/** ordinals of those that it counts as members; undefined: it has no quorum, and does not tell */
	counts: readonly number[] | undefined;
}

/** Members that say this, each led by the first that it counts. */
function members(said: readonly Said[]): MemberConnections {
	const to = ({ name }: { name: string }) => {
		const index = Number(name.split("-")[1]);
		const { clusterId, counts } = said[index] ?? { clusterId: 0n, counts: [] };
		const leader = counts ? BigInt((counts[0] ?? 0) + 1) : 0n;
		return {
			status: async () => ({
				...{ clusterId, memberId: BigInt(index + 1), leader, isLearner: false, raftAppliedIndex: 9n, errors: [] },
			}),
			memberList: async () => {
				if (!counts) throw new Error("no leader");
				const one = (n: number) => ({
					...{ id: BigInt(n + 1), name: `etcd-${n}`, peerURLs: [], clientURLs: [], isLearner: false },
				});
				return { clusterId, members: counts.map(one) };
			},
			alarmList: async () => [],
		};
	};
	return { to } as unknown as MemberConnections;
}

const whole: Said = { clusterId: 7n, counts: [0, 1, 2] };
const observe = (...said: Said[]) => observeMembers(members(said), pods.slice(0, said.length), "etcd", {});

describe("asking who is a member", () => {
	it("tells the members of one cluster", async () => {
		const view = await observe(whole, whole, whole);
		expect(view).toMatchObject({ trouble: undefined, clusterId: 7n, leader: 1n });
		expect(view.members.map(({ name }) => name)).toEqual(["etcd-0", "etcd-1", "etcd-2"]);
	});

	it.each([
		["the last", [whole, whole, { clusterId: 10n, counts: [2] }]],
		["the first", [{ clusterId: 10n, counts: [0] }, whole, whole]],
		[
			"one of two, which leaves the other without quorum",
			[
				{ clusterId: 7n, counts: undefined },
				{ clusterId: 10n, counts: [1] },
			],
		],
	] satisfies [string, Said[]][])(
		"takes no side where a member began a cluster of its own: %s",
		async (_which, said) => {
			const view = await observe(...said);
			expect(view.leader).toBeUndefined();
			expect(view.trouble).toMatch(/^the pods are not members of one cluster, but of 2: .*\(cluster 7\).*$/);
			expect(view.trouble).toMatch(/etcd-\d \(cluster a\)/);
		},
	);

	it("takes no answer of one that runs in another's pod", async () => {
		const swapped = members([whole, whole, whole]);
		const to = (pod: PodView) =>
			swapped.to({ ...pod, name: pod.name.replace(/[12]$/, (n) => (n === "1" ? "2" : "1")) });
		const view = await observeMembers({ to } as unknown as MemberConnections, pods, "etcd", {});
		expect(view.members.map(({ status, trouble }) => (status ? "well" : trouble))).toEqual([
			"well",
			"in its pod runs member 3",
			"in its pod runs member 2",
		]);
	});

	it("takes nobody for the leader where nobody has an id", async () => {
		const nobody = {
			status: async () => ({ clusterId: 0n, memberId: 0n, leader: 0n }),
			memberList: async () => ({ members: [] }),
		};
		const to = () => ({ ...nobody, alarmList: async () => [] });
		const view = await observeMembers({ to } as unknown as MemberConnections, pods, "etcd", {});
		expect(view.leader).toBeUndefined();
	});

	it("takes a pod that nobody counts on for no member", async () => {
		const view = await observe({ clusterId: 7n, counts: [0] }, { clusterId: 10n, counts: [1] });
		expect(view).toMatchObject({ trouble: undefined, clusterId: 7n, leader: 1n });
		expect(view.members.map(({ name }) => name)).toEqual(["etcd-0"]);
	});
});
