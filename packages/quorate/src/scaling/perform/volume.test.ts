import { expect, it } from "vitest";
import { healthyView } from "../testing/views.ts";
import type { PerformContext } from "./context.ts";
import { deleteClaim, deleteVolume } from "./volume.ts";

/** What was deleted, and under which conditions. */
function recording() {
	const asked: unknown[] = [];
	const client = {
		delete: async (_resource: unknown, _namespace: unknown, name: string, options: unknown) => {
			asked.push([name, options]);
		},
	};
	const context = { cluster: { client, namespace: "mayastor" }, goal: { replicas: 2, snapshot: false } };
	return { asked, context: context as unknown as PerformContext };
}

it("deletes claims and volumes only as they were seen: nothing that was bound or changed since", async () => {
	const { asked, context } = recording();
	const view = healthyView({ members: 3 });
	const seen = {
		...view,
		claims: view.claims.map((claim) => ({ ...claim, resourceVersion: `1${claim.ordinal}` })),
		volumes: view.volumes.map((volume, index) => ({ ...volume, resourceVersion: `2${index}` })),
	};
	const claim = { claim: "data-mayastor-etcd-2", uid: "uid-data-mayastor-etcd-2", ordinal: 2, emptied: undefined };
	await deleteClaim(context, seen, { kind: "delete-claim", ...claim });
	await deleteVolume(context, seen, { kind: "delete-volume", volume: "etcd-volume-2", uid: "uid-etcd-volume-2" });
	expect(asked).toEqual([
		["data-mayastor-etcd-2", { uid: "uid-data-mayastor-etcd-2", resourceVersion: "12" }],
		["etcd-volume-2", { uid: "uid-etcd-volume-2", resourceVersion: "22" }],
	]);
});
