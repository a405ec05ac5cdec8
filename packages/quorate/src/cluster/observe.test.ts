import { describe, expect, it } from "vitest";
import { memoryClient } from "../kubernetes/testing/memory-client.ts";
import { observe } from "./observe.ts";
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
