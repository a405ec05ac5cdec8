import { afterEach, beforeEach, expect, it } from "vitest";
import { PODS, REPLICASETS } from "../../api/resources.ts";
import type { Pod, ReplicaSet } from "../stored.ts";
import { TestCluster } from "../testing/cluster.ts";
import { webDeployment } from "../testing/workloads.ts";

let cluster: TestCluster;
beforeEach(() => {
	cluster = new TestCluster();
	cluster.addNodes(2);
	cluster.startKubelet();
});
afterEach(() => {
	cluster.stop();
	expect(cluster.errors).toEqual([]);
});

const create = async (replicas: number) => {
	const { spec, metadata } = webDeployment();
	const { selector, template } = spec ?? {};
	cluster.api.create(REPLICASETS, {
		apiVersion: "apps/v1",
		kind: "ReplicaSet",
		metadata,
		spec: { replicas, selector, template },
	});
	await cluster.settle();
};
const pods = () => cluster.api.list<Pod>(PODS).filter(({ metadata }) => !metadata.deletionTimestamp);
const status = () => cluster.api.get<ReplicaSet>(REPLICASETS, "default", "web")?.status;

it("makes pods, replaces those that end, and removes those that are too many", async () => {
	await create(2);
	expect(status()).toEqual({
		replicas: 2,
		fullyLabeledReplicas: 2,
		readyReplicas: 2,
		availableReplicas: 2,
		observedGeneration: 1,
	});
	const [first] = pods();
	cluster.runPod(first?.metadata.name ?? "", false, "Failed");
	await cluster.settle();
	expect(pods()).toHaveLength(3);
	cluster.api.modify<ReplicaSet>(REPLICASETS, "default", "web", (copy) => {
		if (copy.spec) copy.spec.replicas = 1;
	});
	await cluster.settle();
	expect(status()).toMatchObject({ replicas: 1, observedGeneration: 2 });
	expect(cluster.events().filter((event) => event.includes("SuccessfulDelete"))).toHaveLength(1);
});

it("takes in orphans that fit, and lets go of its own that do not", async () => {
	cluster.addPod("stray", {}, { app: "web" });
	await create(1);
	expect(pods().map(({ metadata }) => metadata.name)).toEqual(["stray"]);
	cluster.api.modify<Pod>(PODS, "default", "stray", (copy) => {
		copy.metadata.labels = { app: "mine" };
	});
	await cluster.settle();
	expect(cluster.pod("stray")?.metadata.ownerReferences ?? []).toEqual([]);
	expect(pods()).toHaveLength(2);
});
