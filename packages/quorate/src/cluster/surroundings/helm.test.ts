import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { QuorateError } from "../../errors.ts";
import { healthyView } from "../../scaling/testing/views.ts";
import type { ClusterAccess } from "../observe.ts";
import { readRelease } from "./helm.ts";

const MANIFEST = `
apiVersion: v1
kind: Service
metadata: { name: mayastor-etcd }
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: mayastor-etcd
spec:
  replicas: 3
`;

const release = (content: unknown) => {
	const zipped = gzipSync(JSON.stringify(content)).toString("base64");
	return { data: { release: Buffer.from(zipped).toString("base64") } };
};

const read = (
	list: () => Promise<{ items: unknown[] }>,
	release = { name: "mayastor", namespace: undefined as string | undefined },
) => {
	const managers = [{ name: "Helm release mayastor", seen: "", reverts: false, release }];
	const set = { ...healthyView().statefulSet, managers };
	return readRelease({ namespace: "mayastor", client: { list } } as unknown as ClusterAccess, set, {});
};

describe("Helm's release", () => {
	it("tells the replicas that it renders, and the value that makes them", async () => {
		const asked: unknown[] = [];
		const items = [release({ manifest: MANIFEST, config: {}, chart: { values: { etcd: { replicaCount: 3 } } } })];
		const found = await read((...args: unknown[]) => {
			asked.push(args[1]);
			return Promise.resolve({ items });
		});
		expect(found).toEqual({ seen: { replicas: 3, value: "etcd.replicaCount" } });
		expect(asked).toMatchObject([{ namespace: "mayastor", labelSelector: "owner=helm,status=deployed,name=mayastor" }]);
	});

	it("of the etcd chart itself", async () => {
		const items = [release({ manifest: MANIFEST, config: { replicaCount: 3 } })];
		expect(await read(async () => ({ items }))).toEqual({ seen: { replicas: 3, value: "replicaCount" } });
	});

	it.each([
		["is not there", async () => ({ items: [] }), /no Secret of Helm's/],
		["is none", async () => ({ items: [{ data: { release: "AAAA" } }] }), /cannot be read/],
		["is empty", async () => ({ items: [release(null)] }), /cannot be read/],
		["has no manifest but a number", async () => ({ items: [release({ manifest: 5 })] }), /cannot be read/],
		["is no text", async () => ({ items: [{ data: { release: 5 } }] }), /release"\] is 5, not a text/],
		[
			"may not be read",
			async () => {
				throw new QuorateError("Forbidden", { operation: "o", message: "m" });
			},
			/may not list secrets/,
		],
	])("that %s", async (_, list, unseen) => expect(await read(list)).toEqual({ unseen: expect.stringMatching(unseen) }));

	it("is not looked for where Helm is not said to be there", async () => {
		const list = () => Promise.reject(new Error("asked"));
		const set = { ...healthyView().statefulSet, managers: [] };
		const found = await readRelease({ namespace: "x", client: { list } } as unknown as ClusterAccess, set, {});
		expect(found).toEqual({ unseen: expect.stringContaining("no release") });
	});
});
