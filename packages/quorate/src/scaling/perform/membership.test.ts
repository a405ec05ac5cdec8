import { describe, expect, it } from "vitest";
import { EtcdError, type EtcdFailure } from "../../etcd/member-client.ts";
import { healthyView } from "../testing/views.ts";
import type { PerformContext } from "./context.ts";
import { addLearner, confirmMembers, removeMember } from "./membership.ts";

const view = healthyView({ members: 3 });
const idOf = (ordinal: number) => view.etcd.members.find((member) => member.ordinal === ordinal)?.id ?? 0n;
const leading = view.etcd.members.find((member) => member.id === view.etcd.leader)?.ordinal ?? -1;
const followers = [0, 1, 2].filter((ordinal) => ordinal !== leading);

/** Members that answer each change of the member list as told; the ordinals asked, in order. */
function members(answers: Record<number, EtcdFailure | "done">) {
	const asked: number[] = [];
	const answer = (ordinal: number) => async () => {
		asked.push(ordinal);
		const failure = answers[ordinal] ?? "done";
		if (failure !== "done") throw new EtcdError(failure, "MemberAdd", `mayastor-etcd-${ordinal}`, failure);
	};
	const to = ({ name }: { name: string }) => {
		const ordinal = Number(name.split("-").at(-1));
		return { memberAdd: answer(ordinal), memberRemove: answer(ordinal) };
	};
	return { asked, context: { cluster: { members: { to } } } as unknown as PerformContext };
}

const add = (context: PerformContext) =>
	addLearner(context, view, { kind: "add-learner", ordinal: 3, peerURLs: ["http://mayastor-etcd-3:2380"] });

describe("a change of the member list", () => {
	it("is asked of the leader first, and of nobody else when that does it", async () => {
		const { asked, context } = members({});
		await add(context);
		expect(asked).toEqual([leading]);
	});

	it("is asked of the other voters when the leader takes a peer for lost", async () => {
		const { asked, context } = members({ [leading]: "UnhealthyCluster", [followers[0] ?? 0]: "UnhealthyCluster" });
		await add(context);
		expect(asked).toEqual([leading, ...followers]);
	});

	it("waits when all refuse", async () => {
		const { context } = members({ 0: "UnhealthyCluster", 1: "UnhealthyCluster", 2: "UnhealthyCluster" });
		await expect(add(context)).rejects.toMatchObject({ name: "LookAgain", message: /connected for 5 s/ });
	});

	it.each(["DeadlineExceeded", "Unavailable", "TooManyLearners"] as const)(
		"is not asked again where it may have been done or cannot be (%s)",
		async (failure) => {
			const { asked, context } = members({ [leading]: failure });
			await expect(add(context)).rejects.toMatchObject({ name: "LookAgain" });
			expect(asked).toEqual([leading]);
		},
	);

	it("is not asked of the member that goes", async () => {
		const [leaving = 0, staying = 0] = followers;
		const { asked, context } = members({ [leading]: "UnhealthyCluster" });
		await removeMember(context, view, { kind: "remove-member", ordinal: leaving, memberId: idOf(leaving) } as never);
		expect(asked).toEqual([leading, staying]);
	});
});

describe("the members just before a pod is taken away", () => {
	const seen = view.etcd.members.map(({ id, isLearner }) => ({ id, isLearner }));
	const confirm = (members: readonly { id: bigint; isLearner: boolean }[]) => {
		const to = () => ({ memberList: async () => ({ members }) });
		return confirmMembers({ cluster: { members: { to } } } as unknown as PerformContext, view);
	};

	it("are those that were seen", async () => {
		await confirm([...seen].reverse());
	});

	it.each([
		["one more", [...seen, { id: 99n, isLearner: false }]],
		["one fewer", seen.slice(1)],
		["another one in its place", [...seen.slice(1), { id: 99n, isLearner: false }]],
		["one that votes no more, or by now", seen.map((one, n) => (n === 0 ? { ...one, isLearner: true } : one))],
	])("are looked at again: %s", async (_name, members) => {
		await expect(confirm(members)).rejects.toMatchObject({ name: "LookAgain" });
	});
});
