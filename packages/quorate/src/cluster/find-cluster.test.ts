import { describe, expect, it } from "vitest";
import { QuorateError } from "../errors.ts";
import { memoryClient } from "../kubernetes/testing/memory-client.ts";
import { findCluster } from "./find-cluster.ts";
import { NAMESPACES } from "./resources.ts";
import { clusterObjects } from "./testing/objects.ts";

const EMPTY = { namespaces: { empty: {} } };

/** A user who may not read namespaces. */
function without(code: "Forbidden" | "Unreachable") {
	const client = memoryClient(EMPTY);
	const { find } = client;
	client.find = async (resource, ...rest) => {
		if (resource === NAMESPACES) throw new QuorateError(code, { operation: "reading namespaces", message: "no" });
		return find(resource, ...rest);
	};
	return client;
}

const told = (client: ReturnType<typeof memoryClient>, namespace: string, name?: string) =>
	findCluster(client, namespace, name).then(
		({ metadata }) => metadata?.name,
		({ code, message }: QuorateError) => `${code}: ${message}`,
	);

describe.each([
	["the only one that runs etcd", undefined],
	["one by its name", "etcd"],
])("looking for %s", (_, name) => {
	it("names a namespace that does not exist", async () => {
		expect(await told(memoryClient(EMPTY), "nosuch", name)).toBe('StatefulSetNotFound: namespace "nosuch" not found');
	});

	it("says of one that exists what it lacks", async () => {
		const found = await told(memoryClient(EMPTY), "empty", name);
		expect(found).toMatch(name ? /^StatefulSetNotFound: .*"etcd" not found/ : /^StatefulSetNotFound: no StatefulSet/);
		expect(found).toContain("in namespace empty");
	});

	it.each(["Forbidden", "Unreachable"] as const)("claims of no namespace that it does not exist: %s", async (code) => {
		const found = await told(without(code), "nosuch", name);
		expect(found).toBe((await told(memoryClient(EMPTY), "empty", name))?.replace("empty", "nosuch"));
	});
});

it("asks for no namespace where something is found", async () => {
	const client = memoryClient(clusterObjects("guide"));
	client.find = async () => Promise.reject(new Error("nobody asks"));
	expect(await told(client, "mayastor")).toBe("mayastor-etcd");
});
