import type { StatefulSet } from "kubernetes-types/apps/v1";
import { describe, expect, it } from "vitest";
import { memoryClient } from "../kubernetes/testing/memory-client.ts";
import { type ObserveOptions, observe } from "./observe.ts";
import { PLAIN } from "./security-view.ts";
import { fakeMembers } from "./testing/fake-members.ts";
import { clusterObjects } from "./testing/objects.ts";

/** The class of a claim that names none. @param classes that are default, by when they were created */
async function classWith(classes: Readonly<Record<string, string>>): Promise<string | undefined> {
	const objects = clusterObjects("guide");
	for (const { spec } of objects.statefulsets["mayastor-etcd"]?.spec.volumeClaimTemplates ?? [])
		Object.assign(spec, { storageClassName: undefined });
	const annotations = { "storageclass.kubernetes.io/is-default-class": "true" };
	const storageclasses = Object.entries(classes).map(([name, creationTimestamp]) => [
		name,
		{ metadata: { name, annotations, creationTimestamp }, provisioner: `example.com/${name}` },
	]);
	const client = memoryClient({
		...objects,
		storageclasses: { ...objects.storageclasses, ...Object.fromEntries(storageclasses) },
	});
	const members = fakeMembers(new Map());
	const dial = () => Promise.reject(new Error("nobody is called"));
	const found = { security: PLAIN, secrets: [] } as never;
	const cluster = { client, namespace: "mayastor", name: "mayastor-etcd", dial, members, found };
	const { storage } = await observe(cluster);
	expect(storage[0]?.provisioner).toBe(storage[0]?.className ? `example.com/${storage[0].className}` : undefined);
	return storage[0]?.className;
}

describe("the storage class of a claim that names none", () => {
	it.each([
		["the newest of several", { a: "2026-01-01T00:00:00Z", b: "2026-03-01T00:00:00Z", c: "2026-02-01T00:00:00Z" }, "b"],
		["the first by name of one second", { c: "2026-03-01T00:00:00Z", b: "2026-03-01T00:00:00Z" }, "b"],
		["the newest, wherever it is listed", { z: "2026-03-01T00:00:00Z", a: "2026-01-01T00:00:00Z" }, "z"],
		["none, where none is default", {}, ""],
	])("is %s", async (_, classes, name) => expect(await classWith(classes)).toBe(name));
});

describe("a StatefulSet that a run changes while its members are asked", () => {
	/** A cluster whose replicas are raised as often after its StatefulSet was read; and how often that was read. */
	async function observed(changes: number, options: ObserveOptions = {}) {
		const client = memoryClient(clusterObjects("guide"));
		let reads = 0;
		const find: typeof client.find = async (resource, ...rest) => {
			const found = await client.find<StatefulSet>(resource, ...rest);
			if (resource.resource !== "statefulsets" || !found) return found as never;
			const by = Math.min(reads++, changes);
			const { metadata, spec } = found;
			const generation = (metadata?.generation ?? 0) + by;
			return { ...found, metadata: { ...metadata, generation }, spec: { ...spec, replicas: 3 + by } } as never;
		};
		const dial = () => Promise.reject(new Error("nobody is called"));
		const found = { security: PLAIN, secrets: [] } as never;
		const place = { namespace: "mayastor", name: "mayastor-etcd", dial, members: fakeMembers(new Map()), found };
		const { statefulSet } = await observe({ ...place, client: { ...client, find } }, options);
		return { replicas: statefulSet.replicas, reads };
	}

	it("is read again, with all else, until it is as it was", async () => {
		expect(await observed(0)).toEqual({ replicas: 3, reads: 2 });
		expect(await observed(1)).toEqual({ replicas: 4, reads: 4 });
	});

	it("is read four times at most", async () => {
		expect((await observed(100)).reads).toBe(7);
	});

	it("is read once by the run that holds the lock", async () => {
		expect(await observed(1, { locked: true })).toEqual({ replicas: 3, reads: 1 });
	});
});
