import fc from "fast-check";
import { expect, test } from "vitest";
import { NODES, PODS } from "../../api/resources.ts";
import type { Node, Pod } from "../stored.ts";
import { TestCluster } from "../testing/cluster.ts";

const term = { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "etcd" } } };
const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
const happenings = fc.array(
	fc.record({
		kind: fc.constantFrom("add", "add", "end", "cordon", "uncordon"),
		number: fc.integer({ min: 1, max: 6 }),
		together: fc.boolean(),
	}),
	{ minLength: 1, maxLength: 20 },
);

test("hard anti-affinity holds whatever comes and goes, and nobody waits while a node is free", async () => {
	await fc.assert(
		fc.asyncProperty(happenings, async (events) => {
			const cluster = new TestCluster();
			cluster.addNodes(4);
			await cluster.settle();
			for (const { kind, number, together } of events) {
				const name = `p${number}`;
				if (kind === "add" && !cluster.pod(name)) cluster.addPod(name, { affinity }, { app: "etcd" });
				if (kind === "end") cluster.endPod(name);
				cluster.api.modify<Node>(NODES, undefined, `node-${number}`, (copy) => {
					if (kind === "cordon") copy.spec = { ...copy.spec, unschedulable: true };
					else if (kind === "uncordon") delete copy.spec?.unschedulable;
					else return false;
				});
				if (!together) await cluster.settle();
			}
			await cluster.settle();
			const pods = cluster.api.list<Pod>(PODS);
			const taken = pods.flatMap(({ spec }) => (spec?.nodeName ? [spec.nodeName] : []));
			expect(new Set(taken).size).toBe(taken.length);
			const free = cluster.api
				.list<Node>(NODES)
				.filter(({ metadata, spec }) => !spec?.unschedulable && !taken.includes(metadata.name));
			if (pods.length > taken.length) expect(free).toEqual([]);
			cluster.stop();
			expect(cluster.errors).toEqual([]);
		}),
		{ numRuns: 40 },
	);
});
