import type { StatefulSet } from "kubernetes-types/apps/v1";
import { describe, expect, it } from "vitest";
import { QuorateError } from "../../errors.ts";
import { healthyView } from "../testing/views.ts";
import type { PerformContext } from "./context.ts";
import { removeWithPod } from "./remove-with-pod.ts";

const view = healthyView({ members: 2 });
const memberId = view.etcd.members[1]?.id ?? 0n;

/** A StatefulSet and a member list that note what is done to them; `conflicts` of the writes are refused at first. */
function cluster({ removalTakes = 5, conflicts = 0 }) {
	const done: string[] = [];
	let time = 0;
	let left = conflicts;
	const client = {
		get: async (): Promise<StatefulSet> => {
			time += 20;
			return {
				metadata: { uid: view.statefulSet.uid, generation: view.statefulSet.generation },
				spec: { replicas: 2 } as NonNullable<StatefulSet["spec"]>,
			};
		},
		replace: async (_: unknown, object: StatefulSet) => {
			const { spec } = object;
			time += 20;
			if (left-- > 0) throw new QuorateError("Conflict", { operation: "", message: "the object has been modified" });
			done.push(`replicas ${spec?.replicas}`);
			return object;
		},
	};
	const deletePod = async (_: unknown, __: string, name: string) => {
		done.push(`deleted ${name}`);
	};
	const memberRemove = async (id: bigint) => {
		time += removalTakes;
		done.push(`removed ${id}`);
	};
	const context = {
		goal: { replicas: 1, snapshot: true },
		cluster: { client: { ...client, delete: deletePod }, members: { to: () => ({ memberRemove }) } },
	} as unknown as PerformContext;
	const run = () =>
		removeWithPod(context, view, { kind: "remove-member", ordinal: 1, memberId, replicas: 1 }, () => time);
	return { done, run };
}

describe("taking the second of two out with its pod", () => {
	it("removes it, and writes what was prepared before", async () => {
		const { done, run } = cluster({});
		await run();
		expect(done).toEqual([`removed ${memberId}`, "replicas 1", "deleted mayastor-etcd-1"]);
	});

	it("leaves the pod where etcd took its time: its image may have added it again", async () => {
		const { done, run } = cluster({ removalTakes: 400 });
		await expect(run()).rejects.toMatchObject({ name: "LookAgain" });
		expect(done).toEqual([`removed ${memberId}`]);
	});

	it("asks etcd once, and writes again while there is time", async () => {
		const { done, run } = cluster({ conflicts: 2 });
		await run();
		expect(done).toEqual([`removed ${memberId}`, "replicas 1", "deleted mayastor-etcd-1"]);
	});

	it("leaves the pod where the object goes on changing: it would come back while it is wanted", async () => {
		const { done, run } = cluster({ removalTakes: 100, conflicts: 4 });
		await expect(run()).rejects.toMatchObject({ name: "LookAgain" });
		expect(done).toEqual([`removed ${memberId}`]);
	});
});
