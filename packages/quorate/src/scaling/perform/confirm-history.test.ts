import { describe, expect, it } from "vitest";
import type { ClusterView } from "../../cluster/cluster-view.ts";
import { EtcdError, type EtcdFailure } from "../../etcd/member-client.ts";
import type { Step } from "../step.ts";
import { healthyView } from "../testing/views.ts";
import { confirmHistory } from "./confirm-history.ts";
import { LookAgain, type PerformContext } from "./context.ts";

const HISTORY = { clusterId: "7", revision: "900", keys: 1177 };
const DELETE_CLAIM: Step = {
	kind: "delete-claim",
	ordinal: 2,
	claim: "data-mayastor-etcd-2",
	uid: "u",
	emptied: undefined,
};

function viewWith(history: typeof HISTORY | undefined): ClusterView {
	const view = healthyView({ members: 3 });
	const { template, rawUpdateStrategy: updateStrategy } = view.statefulSet;
	const record = {
		version: 1,
		from: 3,
		startedAt: "T",
		template,
		updateStrategy,
		...(history ? { history } : {}),
	} as const;
	return { ...view, statefulSet: { ...view.statefulSet, record } };
}

/** Members that hold so many keys at the recorded revision, or fail so; who was asked, and for which revision. */
function members(answers: readonly (number | EtcdFailure)[]) {
	const asked: [string, bigint | undefined][] = [];
	const prove = async () => {
		throw new Error("all is proven");
	};
	const to = ({ name }: { name: string }) => ({
		status: prove,
		hashKV: prove,
		range: async ({ revision }: { revision?: bigint }) => {
			asked.push([name, revision]);
			const answer = answers[Number(name.at(-1))] ?? 0;
			if (typeof answer === "string") throw new EtcdError(answer, "Range", name, answer);
			return { revision: 1000n, kvs: [], more: false, count: BigInt(answer) };
		},
	});
	const context = { cluster: { members: { to } }, signal: new AbortController().signal };
	return { asked, context: context as unknown as PerformContext };
}

describe("before something is taken away", () => {
	it("every member that stays shows the recorded history", async () => {
		const { asked, context } = members([1177, 1177, 1177]);
		await confirmHistory(context, viewWith(HISTORY), DELETE_CLAIM);
		expect(asked).toEqual([0, 1, 2].map((ordinal) => [`mayastor-etcd-${ordinal}`, 900n]));
	});

	it("one that began again under the same ids, and is at a higher revision by now, does not pass", async () => {
		const { context } = members([369, 1177, 1177]);
		await expect(confirmHistory(context, viewWith(HISTORY), DELETE_CLAIM)).rejects.toMatchObject({
			code: "HistoryLost",
			operation: "counting the keys of mayastor-etcd-0 at revision 900",
			message: expect.stringContaining("recorded cluster 7, 1177 keys at revision 900"),
			hint: expect.stringContaining("quorate abort sts/mayastor-etcd -n mayastor --accept-history"),
		});
	});

	it("one that has yet to apply it, or does not answer, is waited for", async () => {
		for (const failure of ["FutureRevision", "Unavailable"] as const) {
			const { context } = members([1177, failure, 1177]);
			await expect(confirmHistory(context, viewWith(HISTORY), DELETE_CLAIM)).rejects.toBeInstanceOf(LookAgain);
		}
	});

	it("where it is compacted, or nothing was counted, all is proven once more", async () => {
		const proves = "all is proven";
		await expect(
			confirmHistory(members(["Compacted", 1177, 1177]).context, viewWith(HISTORY), DELETE_CLAIM),
		).rejects.toThrow(proves);
		await expect(confirmHistory(members([]).context, viewWith(undefined), DELETE_CLAIM)).rejects.toThrow(proves);
	});

	it("is not looked at where nothing is taken away", async () => {
		const { asked, context } = members([0, 0, 0]);
		await confirmHistory(context, viewWith(HISTORY), { kind: "raise-replicas", replicas: 4 });
		expect(asked).toEqual([]);
	});
});
