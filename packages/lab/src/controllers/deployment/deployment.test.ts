import type { DeploymentSpec } from "kubernetes-types/apps/v1";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEPLOYMENTS, PODS, REPLICASETS } from "../../api/resources.ts";
import type { Deployment, Pod, ReplicaSet } from "../stored.ts";
import { TestCluster } from "../testing/cluster.ts";
import { webDeployment } from "../testing/workloads.ts";

let cluster: TestCluster;
beforeEach(() => {
	cluster = new TestCluster();
	cluster.addNodes(3);
});
afterEach(() => {
	cluster.stop();
	expect(cluster.errors).toEqual([]);
});

const deployment = () => {
	const found = cluster.api.get<Deployment>(DEPLOYMENTS, "default", "web");
	if (!found) throw new Error("no deployment");
	return found;
};
const sets = () =>
	cluster.api
		.list<ReplicaSet>(REPLICASETS)
		.sort((a, b) => revision(a) - revision(b))
		.map((set) => ({
			revision: revision(set),
			image: set.spec?.template?.spec?.containers[0]?.image,
			size: set.spec?.replicas,
		}));
const revision = (set: ReplicaSet) => Number(set.metadata.annotations?.["deployment.kubernetes.io/revision"]);
const progress = () => deployment().status?.conditions?.find(({ type }) => type === "Progressing");
const change = async (edit: (spec: DeploymentSpec) => void) => {
	cluster.api.modify<Deployment>(DEPLOYMENTS, "default", "web", (copy) => {
		if (copy.spec) edit(copy.spec);
	});
	await cluster.settle();
};
const setImage = (image: string) =>
	change((spec) => {
		const [container] = spec.template.spec?.containers ?? [];
		if (container) container.image = image;
	});
const create = async (spec: Partial<DeploymentSpec> = {}) => {
	cluster.api.create(DEPLOYMENTS, webDeployment(spec));
	await cluster.settle();
};
const scaled = () =>
	cluster
		.events()
		.filter((event) => event.includes("ScalingReplicaSet"))
		.map((event) => event.replace(/web-[a-z0-9]+/, "SET").replace(/^.*: /, ""));

describe("a Deployment", () => {
	it("makes one replica set, which makes the pods, and says when they are there", async () => {
		cluster.startKubelet();
		await create();
		const [pod] = cluster.api.list<Pod>(PODS);
		expect(pod?.metadata.name).toMatch(/^web-[a-z0-9]+-[a-z0-9]{5}$/);
		expect(pod?.metadata.labels?.["pod-template-hash"]).toBe(pod?.metadata.name.split("-")[1]);
		expect(deployment()).toMatchObject({
			metadata: { generation: 1, annotations: { "deployment.kubernetes.io/revision": "1" } },
			status: { observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 },
		});
		expect(deployment().status).not.toHaveProperty("unavailableReplicas");
		expect(progress()).toMatchObject({
			status: "True",
			reason: "NewReplicaSetAvailable",
			message: `ReplicaSet "web-${pod?.metadata.labels?.["pod-template-hash"]}" has successfully progressed.`,
		});
		expect(scaled()).toEqual(["Scaled up replica set SET from 0 to 3"]);
	});

	it("rolls a new template out, and back to an old one, which gets a new number", async () => {
		cluster.startKubelet();
		await create();
		await setImage("etcd:2");
		expect(sets()).toEqual([
			{ revision: 1, image: "etcd:1", size: 0 },
			{ revision: 2, image: "etcd:2", size: 3 },
		]);
		expect(scaled().slice(1)).toEqual([
			"Scaled up replica set SET from 0 to 1",
			"Scaled down replica set SET from 3 to 2",
			"Scaled up replica set SET from 1 to 2",
			"Scaled down replica set SET from 2 to 1",
			"Scaled up replica set SET from 2 to 3",
			"Scaled down replica set SET from 1 to 0",
		]);
		await setImage("etcd:1");
		expect(sets()).toEqual([
			{ revision: 2, image: "etcd:2", size: 0 },
			{ revision: 3, image: "etcd:1", size: 3 },
		]);
		const back = cluster.api.list<ReplicaSet>(REPLICASETS).find((set) => set.spec?.replicas === 3);
		expect(back?.metadata.annotations?.["deployment.kubernetes.io/revision-history"]).toBe("1");
	});

	it("stops where the new pods do not come up, and is late", async () => {
		cluster.startKubelet((pod) => pod.spec?.containers[0]?.image !== "etcd:2");
		await create({ progressDeadlineSeconds: 1 });
		await setImage("etcd:2");
		expect(sets().map(({ size }) => size)).toEqual([3, 1]);
		expect(deployment().status).toMatchObject({ replicas: 4, updatedReplicas: 1, unavailableReplicas: 1 });
		await expect.poll(() => progress()?.reason, { timeout: 10_000 }).toBe("ProgressDeadlineExceeded");
		expect(progress()?.status).toBe("False");
	});

	it("keeps to maxSurge and maxUnavailable", async () => {
		cluster.startKubelet((pod) => pod.spec?.containers[0]?.image !== "etcd:2");
		await create({ replicas: 10, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: "25%" } } });
		await setImage("etcd:2");
		expect(sets().map(({ size }) => size)).toEqual([8, 2]);
	});

	it("with Recreate takes all of old away before it makes the first of new", async () => {
		await create({ strategy: { type: "Recreate" } });
		for (const { metadata } of cluster.api.list<Pod>(PODS)) cluster.runPod(metadata.name);
		await cluster.settle();
		await setImage("etcd:2");
		expect(sets()).toEqual([{ revision: 1, image: "etcd:1", size: 0 }]);
		for (const { metadata } of cluster.api.list<Pod>(PODS)) cluster.endPod(metadata.name);
		await cluster.settle();
		expect(sets().map(({ size }) => size)).toEqual([0, 3]);
	});

	it("paused rolls nothing out, but scales", async () => {
		cluster.startKubelet();
		await create();
		await change((spec) => {
			spec.paused = true;
		});
		expect(progress()).toMatchObject({
			status: "Unknown",
			reason: "DeploymentPaused",
			message: "Deployment is paused",
		});
		await setImage("etcd:2");
		await change((spec) => {
			spec.replicas = 5;
		});
		expect(sets()).toEqual([{ revision: 1, image: "etcd:1", size: 5 }]);
		await change((spec) => {
			delete spec.paused;
		});
		expect(sets().map(({ size }) => size)).toEqual([0, 5]);
	});

	it("scaled while it rolls shares the new ones out", async () => {
		cluster.startKubelet((pod) => pod.spec?.containers[0]?.image !== "etcd:2");
		await create({ replicas: 10, strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } });
		await setImage("etcd:2");
		expect(sets().map(({ size }) => size)).toEqual([8, 5]);
		await change((spec) => {
			spec.replicas = 15;
		});
		expect(sets().map(({ size }) => size)).toEqual([11, 7]);
	});

	it("remembers no more templates than it is asked to", async () => {
		cluster.startKubelet();
		await create({ revisionHistoryLimit: 1 });
		for (const image of ["etcd:2", "etcd:3", "etcd:4"]) await setImage(image);
		expect(sets().map(({ image }) => image)).toEqual(["etcd:3", "etcd:4"]);
	});

	it("deleted with orphaning leaves its sets, and one that is made again takes them in", async () => {
		cluster.startKubelet();
		await create();
		const pods = () =>
			cluster.api
				.list<Pod>(PODS)
				.map(({ metadata }) => metadata.name)
				.sort();
		const before = pods();
		cluster.api.delete(DEPLOYMENTS, "default", "web", { propagationPolicy: "Orphan" });
		await cluster.settle();
		expect(pods()).toEqual(before);
		await create();
		expect(pods()).toEqual(before);
		expect(sets()).toHaveLength(1);
		cluster.api.delete(DEPLOYMENTS, "default", "web");
		await cluster.settle();
		expect([pods(), sets()]).toEqual([[], []]);
	});

	it("counts changes of annotations as generations, though not its own", async () => {
		await create();
		cluster.api.modify<Deployment>(DEPLOYMENTS, "default", "web", (copy) => {
			copy.metadata.annotations = { ...copy.metadata.annotations, "kubernetes.io/change-cause": "why not" };
		});
		await cluster.settle();
		expect(deployment()).toMatchObject({ metadata: { generation: 2 }, status: { observedGeneration: 2 } });
		expect(cluster.api.list<ReplicaSet>(REPLICASETS)[0]?.metadata.annotations).toMatchObject({
			"kubernetes.io/change-cause": "why not",
		});
	});

	it("says why its pods cannot be created", async () => {
		await create({
			template: {
				metadata: { labels: { app: "web" } },
				spec: { serviceAccountName: "nobody", containers: [{ name: "c", image: "etcd" }] },
			},
		});
		expect(deployment().status?.conditions?.find(({ type }) => type === "ReplicaFailure")).toMatchObject({
			reason: "FailedCreate",
			message: expect.stringContaining(
				'error looking up service account default/nobody: serviceaccount "nobody" not found',
			),
		});
		cluster.errors.length = 0;
	});
});
