import { describe, expect, it } from "vitest";
import { EtcdError, type MemberStatus } from "../etcd/member-client.ts";
import { statusOf } from "../scaling/testing/views.ts";
import type { OutsidePod, PodView } from "./cluster-view.ts";
import type { Departed } from "./histories.ts";
import type { MemberConnections } from "./member-connections.ts";
import { observeMembers } from "./observe-members.ts";

const podsOf = (count: number): PodView[] =>
	Array.from({ length: count }, (_, ordinal) => ({ ordinal, name: `etcd-${ordinal}`, running: true }) as PodView);

interface Said extends Partial<MemberStatus> {
	/** ordinals of those that it lists; undefined: it lists nobody */
	counts?: readonly number[];
	/** the peer URL that its members have. @default that of a pod */
	url?: string;
	name?: string;
}

/** Members that say this, each led by the first that it counts; without a leader only their own list can be had. */
function members(said: ReadonlyMap<string, Said> | readonly Said[]): MemberConnections {
	const at = (name: string): [number, Said | undefined] =>
		"get" in said ? [[...said.keys()].indexOf(name), said.get(name)] : [ordinal(name), said[ordinal(name)]];
	const ordinal = (name: string) => Number(name.split("-").at(-1));
	const to = ({ name }: { name: string }) => {
		const [index, one] = at(name);
		if (!one) {
			const refuse = (call: string) => () => Promise.reject(new EtcdError("Unavailable", call, name, "no answer"));
			return { status: refuse("Status"), memberList: refuse("MemberList"), alarmList: refuse("AlarmList") };
		}
		const { counts, url, name: own, ...status } = one;
		const leader = BigInt((counts?.[0] ?? -1) + 1);
		const told = { ...statusOf(BigInt(index + 1)), clusterId: 7n, leader, ...status };
		const list = (counts ?? []).map((n) => ({
			...{ id: BigInt(n + 1), name: own ?? ("get" in said ? ([...said.keys()][n] ?? "") : `etcd-${n}`) },
			...{ peerURLs: [url ?? `http://etcd-${n}.etcd:2380`], clientURLs: [], isLearner: false },
		}));
		return {
			status: async () => told,
			memberList: async ({ local = false }) => {
				if (!counts || (!local && told.leader === 0n)) throw new Error("no leader");
				return { clusterId: told.clusterId, memberId: told.memberId, members: list };
			},
			alarmList: async () => [],
		};
	};
	return { to } as unknown as MemberConnections;
}

const whole: Said = { counts: [0, 1, 2] };
const observe = (...said: Said[]) => observeMembers(members(said), podsOf(said.length), "etcd", { secondLook: 0 });

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
				{ counts: [0, 1], leader: 0n },
				{ clusterId: 10n, counts: [1] },
			],
		],
	] satisfies [string, Said[]][])(
		"takes no side where a member began a cluster of its own: %s",
		async (_which, said) => {
			const view = await observe(...said);
			expect(view.leader).toBeUndefined();
			expect(view.trouble).toMatch(/^the pods do not answer from one history, but from 2: .*\(cluster 7, .*$/);
			expect(view.trouble).toMatch(/etcd-\d \(cluster a, 1 voter, term/);
			expect(view.sides).toHaveLength(2);
		},
	);

	it("same-ids: takes no side where the first pod began again under the ids that it had", async () => {
		const twin = { counts: [0], raftTerm: 2n, raftAppliedIndex: 9n, revision: 2n };
		const others = { counts: [0, 1, 2], leader: 2n };
		const view = await observe(twin, others, others);
		expect(view.leader).toBeUndefined();
		expect(view.sides).toMatchObject([
			{ pods: ["etcd-0"], voters: 1, term: 2n, index: 9n, revision: 2n },
			{ pods: ["etcd-1", "etcd-2"], voters: 3, term: 3n, index: 1200n, revision: 1000n },
		]);
		expect(view.trouble).toMatch(/etcd-0 \(cluster 7, 1 voter, term 2, index 9, revision 2\); etcd-1, etcd-2 \(/);
	});

	it("same-ids, later: takes no side where one follows the leader, and holds less at the same index", async () => {
		const view = await observe(
			{ ...whole, leader: 2n, revision: 2n },
			{ ...whole, leader: 2n },
			{ ...whole, leader: 2n },
		);
		expect(view.sides?.map(({ pods }) => pods)).toEqual([["etcd-0"], ["etcd-1", "etcd-2"]]);
	});

	it("a member that lost its data and never got a key since is one that is down", async () => {
		const others = { counts: [0, 1, 2], leader: 2n };
		const view = await observe({ clusterId: 10n, counts: [0], revision: 1n }, others, others);
		expect(view).toMatchObject({ trouble: undefined, clusterId: 7n, leader: 2n });
		expect(view.members.map(({ status, trouble }) => (status ? "up" : trouble))).toEqual([
			"its pod began a cluster of its own (a, without a key)",
			"up",
			"up",
		]);
	});

	it("looks a second time before it says that members disagree", async () => {
		const before = members([{ counts: [0] }, { ...whole, leader: 2n }, { ...whole, leader: 2n }]);
		const after = members([whole, whole, whole]);
		let asked = 0;
		const to = (pod: PodView) => (asked++ < 3 ? before : after).to(pod);
		const view = await observeMembers({ to } as unknown as MemberConnections, podsOf(3), "etcd", { secondLook: 0 });
		expect(view).toMatchObject({ trouble: undefined, leader: 1n });
	});

	it("quorum lost: lists the members by what the one that is left knows", async () => {
		const left = members(new Map([["etcd-0", { counts: [0, 1, 2], leader: 0n }]]));
		const view = await observeMembers(left, podsOf(3), "etcd", { secondLook: 0 });
		expect(view).toMatchObject({ listedByOne: true, leader: undefined, clusterId: 7n });
		expect(view.trouble).toBe("quorum is lost: 1 of 3 members answers, 2 needed");
	});

	it("three-singles: says that each is an etcd of its own, with one name and one id", async () => {
		const single = { counts: [0], memberId: 1n, leader: 1n, name: "default", url: "http://localhost:2380" };
		const view = await observe(single, { ...single, revision: 1n }, { ...single, revision: 40n });
		expect(view.trouble).toMatch(/^each pod runs an etcd of its own, not one cluster: etcd-0 \(.*etcd-1 .*etcd-2 /);
		expect(view.sides?.map(({ revision }) => revision)).toEqual([1000n, 1n, 40n]);
	});

	it("default-name: a member of another name is that of the pod that answers as it", async () => {
		const view = await observe({ counts: [0], name: "default", url: "http://localhost:2380" });
		expect(view).toMatchObject({ trouble: undefined, members: [{ name: "default", ordinal: 0, trouble: undefined }] });
	});

	it("one StatefulSet per zone: finds members in pods of others", async () => {
		const zones = ["etcd-a-0", "etcd-b-0", "etcd-c-0"];
		const said = members(new Map(zones.map((name) => [name, { counts: [0, 1, 2], leader: 2n, url: "http://x:2380" }])));
		const own = [{ ordinal: 0, name: "etcd-a-0", running: true } as PodView];
		const others = zones.slice(1).map((name): OutsidePod => {
			return { name, uid: name, running: true, node: undefined, owner: `StatefulSet/${name.slice(0, 6)}` };
		});
		const view = await observeMembers(said, own, "etcd-a", { others });
		expect(view).toMatchObject({ trouble: undefined, leader: 2n });
		expect(view.members.map(({ outside, status, lag }) => [outside?.owner, status !== undefined, lag])).toEqual([
			[undefined, true, 0n],
			["StatefulSet/etcd-b", true, 0n],
			["StatefulSet/etcd-c", true, 0n],
		]);
	});

	it("takes no answer of one that runs in another's pod", async () => {
		const swapped = members([whole, whole, whole]);
		const to = (pod: PodView) =>
			swapped.to({ ...pod, name: pod.name.replace(/[12]$/, (n) => (n === "1" ? "2" : "1")) });
		const view = await observeMembers({ to } as unknown as MemberConnections, podsOf(3), "etcd", {});
		expect(view.members.map(({ status, trouble }) => (status ? "well" : trouble))).toEqual([
			"well",
			"in its pod runs member 3",
			"in its pod runs member 2",
		]);
	});

	it("takes nobody for the leader where nobody has an id", async () => {
		const nobody = { ...statusOf(0n), clusterId: 0n, leader: 0n };
		const to = () => ({
			status: async () => nobody,
			memberList: async () => ({ members: [] }),
			alarmList: async () => [],
		});
		const view = await observeMembers({ to } as unknown as MemberConnections, podsOf(3), "etcd", { secondLook: 0 });
		expect(view.leader).toBeUndefined();
	});

	it("takes an empty pod that nobody counts on for no member", async () => {
		const view = await observe({ counts: [0] }, { clusterId: 10n, counts: [1], leader: 2n, revision: 1n });
		expect(view).toMatchObject({ trouble: undefined, clusterId: 7n, leader: 1n });
		expect(view.members.map(({ name }) => name)).toEqual(["etcd-0"]);
	});

	describe("left-and-began: a pod began another cluster when its member had been taken out", () => {
		const both = () => members([{ counts: [0] }, { clusterId: 10n, counts: [1], leader: 20n, memberId: 20n }]);
		const seen = (departed: Departed[]) => observeMembers(both(), podsOf(2), "etcd", { departed, secondLook: 0 });
		const noted: Departed = { ordinal: 1, member: 2n, cluster: 7n };

		it("counts for nothing where the run has noted that it leaves", async () => {
			const view = await seen([noted]);
			expect(view).toMatchObject({ trouble: undefined, clusterId: 7n, leader: 1n, members: [{ name: "etcd-0" }] });
			expect(view.apart).toEqual([{ pod: "etcd-1", ordinal: 1, clusterId: 10n, revision: 1000n }]);
		});

		it.each([
			["nobody was noted", []],
			["another was noted", [{ ...noted, ordinal: 2 }]],
			["it answers as the member that was noted", [{ ...noted, member: 20n }]],
			["it answers from the cluster that was noted", [{ ...noted, cluster: 10n }]],
			["the others answer from another one than was noted", [{ ...noted, cluster: 8n }]],
		] satisfies [string, Departed[]][])("takes no side where %s", async (_why, departed) => {
			const view = await seen(departed);
			expect(view.sides).toHaveLength(2);
			expect(view.leader).toBeUndefined();
		});
	});

	it.each([
		["both were written to", 5n, 5n],
		["only the second was", 1n, 5n],
	])("takes no side where neither counts on the other, and %s", async (_what, first, second) => {
		const view = await observe(
			{ counts: [0], revision: first },
			{ clusterId: 10n, counts: [1], leader: 2n, revision: second },
		);
		expect(view.sides?.map(({ pods }) => pods)).toEqual([["etcd-0"], ["etcd-1"]]);
	});
});
