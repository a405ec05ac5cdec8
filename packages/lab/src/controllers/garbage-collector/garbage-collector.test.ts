import type { ConfigMap } from "kubernetes-types/core/v1";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CONFIGMAPS } from "../../api/resources.ts";
import { TestCluster } from "../testing/cluster.ts";

let cluster: TestCluster;
beforeEach(() => {
	cluster = new TestCluster();
});
afterEach(() => {
	cluster.stop();
	expect(cluster.errors).toEqual([]);
});

type Map = ConfigMap & { metadata: { uid: string } };
const get = (name: string) => cluster.api.get<Map>(CONFIGMAPS, "default", name);
const names = () => cluster.api.list<Map>(CONFIGMAPS, { namespace: "default" }).map(({ metadata }) => metadata.name);
const add = (name: string, owners: string[] = [], finalizers: string[] = []) =>
	cluster.api.create<ConfigMap>(CONFIGMAPS, {
		apiVersion: "v1",
		kind: "ConfigMap",
		metadata: {
			name,
			namespace: "default",
			...(finalizers.length > 0 ? { finalizers } : {}),
			ownerReferences: owners.map((owner) => ({
				apiVersion: "v1",
				kind: "ConfigMap",
				name: owner,
				uid: get(owner)?.metadata.uid ?? "none",
				blockOwnerDeletion: true,
			})),
		},
	});
const remove = async (name: string, propagationPolicy?: "Background" | "Foreground" | "Orphan") => {
	cluster.api.delete(CONFIGMAPS, "default", name, propagationPolicy ? { propagationPolicy } : {});
	await cluster.settle();
};

test("in the background all that depends on it follows, generation by generation", async () => {
	add("a");
	add("b", ["a"]);
	add("c", ["b"]);
	add("other");
	await cluster.settle();
	await remove("a");
	expect(names()).toEqual(["other"]);
});

test("in the foreground the dependants go first", async () => {
	add("a");
	add("b", ["a"], ["example.com/wait"]);
	add("c", ["b"]);
	await cluster.settle();
	await remove("a", "Foreground");
	expect(names()).toEqual(["a", "b"]);
	expect(get("a")?.metadata.finalizers).toEqual(["foregroundDeletion"]);
	cluster.api.modify<Map>(CONFIGMAPS, "default", "b", (copy) => {
		copy.metadata.finalizers = [];
	});
	await cluster.settle();
	expect(names()).toEqual([]);
});

test("orphans live on, without the owner", async () => {
	add("a");
	add("b", ["a"]);
	await cluster.settle();
	await remove("a", "Orphan");
	expect(names()).toEqual(["b"]);
	expect(get("b")?.metadata.ownerReferences).toBeUndefined();
});

test("one owner left is enough, and what names an owner that never was goes", async () => {
	add("a");
	add("b");
	add("c", ["a", "b"]);
	add("d", ["ghost"]);
	await cluster.settle();
	expect(names()).toEqual(["a", "b", "c"]);
	await remove("a");
	expect(names()).toEqual(["b", "c"]);
	expect(get("c")?.metadata.ownerReferences?.map(({ name }) => name)).toEqual(["b"]);
});

test("an owner of a kind that is not served is taken to be there", async () => {
	cluster.api.create<ConfigMap>(CONFIGMAPS, {
		apiVersion: "v1",
		kind: "ConfigMap",
		metadata: {
			name: "a",
			namespace: "default",
			ownerReferences: [{ apiVersion: "example.com/v1", kind: "Thing", name: "t", uid: "u" }],
		},
	});
	await cluster.settle();
	expect(names()).toEqual(["a"]);
});
