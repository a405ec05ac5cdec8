import type { StatefulSet as Draft } from "kubernetes-types/apps/v1";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CONTROLLERREVISIONS, PERSISTENTVOLUMECLAIMS, PODS, STATEFULSETS } from "../../api/resources.ts";
import type { Claim, ControllerRevision, Pod, StatefulSet } from "../stored.ts";
import { TestCluster } from "../testing/cluster.ts";
import { webSet } from "../testing/stateful-set.ts";

let cluster: TestCluster;
beforeEach(() => {
	cluster = new TestCluster();
	cluster.addNodes(5);
	for (let index = 0; index < 5; index++) {
		cluster.addVolume(`volume-${index}`, { claimRef: { namespace: "default", name: `data-web-${index}` } });
	}
});
afterEach(() => {
	cluster.stop();
	expect(cluster.errors).toEqual([]);
});

const create = (spec: Parameters<typeof webSet>[0] = {}) => cluster.api.create<Draft>(STATEFULSETS, webSet(spec));
const change = async (edit: (set: NonNullable<StatefulSet["spec"]>) => void) => {
	cluster.api.modify<StatefulSet>(STATEFULSETS, "default", "web", (set) => {
		if (set.spec) edit(set.spec);
	});
	await cluster.settle();
};
const status = () => cluster.api.get<StatefulSet>(STATEFULSETS, "default", "web")?.status;
const pods = () => cluster.api.list<Pod>(PODS).map(({ metadata }) => metadata.name);
const _revisionOf = (pod: string) => cluster.pod(pod)?.metadata.labels?.["controller-revision-hash"];
const revisions = () =>
	cluster.api
		.list<ControllerRevision>(CONTROLLERREVISIONS)
		.map(({ metadata, revision }) => ({ name: metadata.name, revision }))
		.sort((a, b) => a.revision - b.revision);
const uids = () => Object.fromEntries(cluster.api.list<Pod>(PODS).map(({ metadata }) => [metadata.name, metadata.uid]));
const _setImage = (image: string) =>
	change((spec) => {
		for (const container of spec.template.spec?.containers ?? []) container.image = image;
	});

test("three pods come up in order, each with its claim bound, and the status says so", async () => {
	cluster.startKubelet();
	create();
	await cluster.settle();
	expect(pods()).toEqual(["web-0", "web-1", "web-2"]);
	expect(status()).toEqual({
		availableReplicas: 3,
		collisionCount: 0,
		currentReplicas: 3,
		currentRevision: revisions()[0]?.name,
		observedGeneration: 1,
		readyReplicas: 3,
		replicas: 3,
		updateRevision: revisions()[0]?.name,
		updatedReplicas: 3,
	});
	const pod = cluster.pod("web-1");
	expect(pod?.metadata.labels).toEqual({
		app: "web",
		"apps.kubernetes.io/pod-index": "1",
		"controller-revision-hash": revisions()[0]?.name,
		"statefulset.kubernetes.io/pod-name": "web-1",
	});
	expect(pod?.spec).toMatchObject({ hostname: "web-1", subdomain: "web-headless" });
	expect(pod?.spec?.volumes?.[0]).toEqual({ name: "data", persistentVolumeClaim: { claimName: "data-web-1" } });
	const claim = cluster.api.get<Claim>(PERSISTENTVOLUMECLAIMS, "default", "data-web-1");
	expect(claim?.metadata.labels).toEqual({ app: "web" });
	expect(claim?.status?.phase).toBe("Bound");
	expect(cluster.events()).toEqual(
		expect.arrayContaining([
			"Normal SuccessfulCreate StatefulSet/web: create Claim data-web-0 Pod web-0 in StatefulSet web success",
			"Normal SuccessfulCreate StatefulSet/web: create Pod web-0 in StatefulSet web successful",
		]),
	);
	expect(cluster.errors).toEqual([]);
});

test("OrderedReady waits for each pod to be Ready; Parallel does not", async () => {
	create();
	await cluster.settle();
	expect(pods()).toEqual(["web-0"]);
	cluster.runPod("web-0", false);
	await cluster.settle();
	expect(pods()).toEqual(["web-0"]);
	cluster.runPod("web-0", true);
	await cluster.settle();
	expect(pods()).toEqual(["web-0", "web-1"]);
});

test("a Parallel set starts all its pods at once, and ends them at once", async () => {
	create({ podManagementPolicy: "Parallel" });
	await cluster.settle();
	expect(pods()).toEqual(["web-0", "web-1", "web-2"]);
	await change((spec) => {
		spec.replicas = 1;
	});
	expect(cluster.pod("web-1")?.metadata.deletionTimestamp).toBeDefined();
	expect(cluster.pod("web-2")?.metadata.deletionTimestamp).toBeDefined();
});

test("scaling down ends the largest number first, and keeps the claims", async () => {
	cluster.startKubelet();
	create();
	await cluster.settle();
	await change((spec) => {
		spec.replicas = 0;
	});
	expect(pods()).toEqual([]);
	expect(cluster.api.list(PERSISTENTVOLUMECLAIMS)).toHaveLength(3);
	expect(status()).toMatchObject({ replicas: 0, availableReplicas: 0 });
});

test("the retention policy deletes claims of pods scaled away, and all with the set", async () => {
	cluster.startKubelet();
	create({ persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete", whenDeleted: "Delete" } });
	await cluster.settle();
	const claims = () => cluster.api.list<Claim>(PERSISTENTVOLUMECLAIMS);
	expect(claims().map(({ metadata }) => metadata.ownerReferences?.map(({ kind, name }) => `${kind}/${name}`))).toEqual(
		Array(3).fill(["StatefulSet/web"]),
	);
	await change((spec) => {
		spec.replicas = 2;
	});
	expect(claims().map(({ metadata }) => metadata.name)).toEqual(["data-web-0", "data-web-1"]);
	cluster.api.delete(STATEFULSETS, "default", "web");
	await cluster.settle();
	expect(pods()).toEqual([]);
	expect(claims()).toEqual([]);
});

test("ordinals start where the set says", async () => {
	cluster.startKubelet();
	create({ ordinals: { start: 2 }, replicas: 2 });
	await cluster.settle();
	expect(pods()).toEqual(["web-2", "web-3"]);
});

test("scaling down stops at a pod that is not Ready while one below it is not either", async () => {
	cluster.startKubelet();
	create({ replicas: 4 });
	await cluster.settle();
	cluster.runPod("web-3", false);
	cluster.runPod("web-2", false);
	await change((spec) => {
		spec.replicas = 2;
	});
	expect(pods()).toEqual(["web-0", "web-1", "web-2", "web-3"]);
	cluster.runPod("web-2", true);
	await cluster.settle();
	expect(pods()).toEqual(["web-0", "web-1"]);
});

test("a claim on its way out holds its pod up, and the event says so", async () => {
	cluster.startKubelet();
	create({ replicas: 1 });
	await cluster.settle();
	cluster.api.modify<Claim>(PERSISTENTVOLUMECLAIMS, "default", "data-web-0", (copy) => {
		copy.metadata.finalizers = ["example.com/wait"];
	});
	cluster.api.delete(PERSISTENTVOLUMECLAIMS, "default", "data-web-0");
	cluster.endPod("web-0");
	await cluster.settle();
	expect(cluster.pod("web-0")).toBeUndefined();
	expect(cluster.events()).toContain(
		"Warning FailedCreate StatefulSet/web: create Pod web-0 in StatefulSet web failed error: pvc data-web-0 is being deleted",
	);
	expect(new Set(cluster.errors)).toEqual(
		new Set(["statefulset-controller default/web: Error: pvc data-web-0 is being deleted"]),
	);
	cluster.errors.length = 0;
});

test("a pod that ended is deleted and made anew", async () => {
	cluster.startKubelet();
	create({ replicas: 1 });
	await cluster.settle();
	const before = cluster.pod("web-0")?.metadata.uid;
	cluster.runPod("web-0", false, "Failed");
	await cluster.settle();
	expect(cluster.pod("web-0")?.metadata.uid).not.toBe(before);
	expect(cluster.pod("web-0")?.status?.phase).toBe("Running");
});

test("pods orphaned by deleting their set are taken in by the next one of the name", async () => {
	cluster.startKubelet();
	create();
	await cluster.settle();
	const before = uids();
	cluster.api.delete(STATEFULSETS, "default", "web", { propagationPolicy: "Orphan" });
	await cluster.settle();
	expect(cluster.api.get(STATEFULSETS, "default", "web")).toBeUndefined();
	expect(uids()).toEqual(before);
	expect(cluster.pod("web-0")?.metadata.ownerReferences).toBeUndefined();
	create();
	await cluster.settle();
	expect(uids()).toEqual(before);
	expect(cluster.pod("web-0")?.metadata.ownerReferences?.[0]?.name).toBe("web");
	expect(status()).toMatchObject({ replicas: 3, readyReplicas: 3, updatedReplicas: 3 });
});

test("minReadySeconds holds the next pod back", async () => {
	create({ minReadySeconds: 30 });
	await cluster.settle();
	cluster.runPod("web-0");
	await cluster.settle();
	expect(pods()).toEqual(["web-0"]);
	expect(status()).toMatchObject({ readyReplicas: 1, availableReplicas: 0 });
});
