import type { StatefulSet as Draft } from "kubernetes-types/apps/v1";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CONTROLLERREVISIONS, PODS, STATEFULSETS } from "../../api/resources.ts";
import type { ControllerRevision, Pod, StatefulSet } from "../stored.ts";
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
const _pods = () => cluster.api.list<Pod>(PODS).map(({ metadata }) => metadata.name);
const revisionOf = (pod: string) => cluster.pod(pod)?.metadata.labels?.["controller-revision-hash"];
const revisions = () =>
	cluster.api
		.list<ControllerRevision>(CONTROLLERREVISIONS)
		.map(({ metadata, revision }) => ({ name: metadata.name, revision }))
		.sort((a, b) => a.revision - b.revision);
const uids = () => Object.fromEntries(cluster.api.list<Pod>(PODS).map(({ metadata }) => [metadata.name, metadata.uid]));
const setImage = (image: string) =>
	change((spec) => {
		for (const container of spec.template.spec?.containers ?? []) container.image = image;
	});

test("a template edit rolls from the largest number down, each pod Ready before the next goes", async () => {
	cluster.startKubelet();
	create();
	await cluster.settle();
	const gone: string[] = [];
	const stop = cluster.api.watch<Pod>(PODS, ({ type, object }) => {
		if (type === "DELETED") gone.push(object.metadata.name);
	});
	await setImage("etcd:3.6.16");
	stop();
	expect(gone).toEqual(["web-2", "web-1", "web-0"]);
	const [, second] = revisions();
	expect(status()).toMatchObject({ currentRevision: second?.name, updateRevision: second?.name, currentReplicas: 3 });
});

test("with a partition only the pods from it on are rolled, and pods below it come back as they were", async () => {
	cluster.startKubelet();
	create({ updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } });
	await cluster.settle();
	await setImage("etcd:3.6.16");
	const [first, second] = revisions();
	expect(["web-0", "web-1", "web-2"].map(revisionOf)).toEqual([first?.name, first?.name, second?.name]);
	expect(status()).toMatchObject({
		currentRevision: first?.name,
		updateRevision: second?.name,
		currentReplicas: 2,
		updatedReplicas: 1,
	});
	cluster.endPod("web-0");
	await cluster.settle();
	expect(revisionOf("web-0")).toBe(first?.name);
});

test("the template put back reuses the old revision under a new number, and nothing below the partition restarts", async () => {
	cluster.startKubelet();
	create();
	await cluster.settle();
	const before = uids();
	const [original] = revisions();
	await change((spec) => {
		spec.updateStrategy = { type: "RollingUpdate", rollingUpdate: { partition: 3 } };
		spec.replicas = 4;
		for (const container of spec.template.spec?.containers ?? []) container.image = "etcd:join";
	});
	const [, joined] = revisions();
	expect(revisionOf("web-3")).toBe(joined?.name);
	await setImage("etcd:3.5.9");
	expect(revisions()).toEqual([joined, { name: original?.name, revision: 3 }]);
	expect(revisionOf("web-3")).toBe(original?.name);
	await change((spec) => {
		spec.updateStrategy = { type: "RollingUpdate", rollingUpdate: { partition: 0 } };
	});
	expect(status()).toMatchObject({
		currentRevision: original?.name,
		updateRevision: original?.name,
		currentReplicas: 4,
	});
	expect(uids()).toMatchObject(before);
});

test("while a pod is Pending an edit restarts nobody; the pending pod alone cannot even be replaced", async () => {
	cluster.api.delete({ group: "", version: "v1", resource: "persistentvolumes" }, undefined, "volume-3");
	cluster.startKubelet();
	create();
	await cluster.settle();
	const before = uids();
	await change((spec) => {
		spec.replicas = 4;
	});
	const pending = cluster.pod("web-3");
	expect(pending?.status?.phase).toBe("Pending");
	expect(pending?.status?.conditions?.[0]).toMatchObject({
		type: "PodScheduled",
		status: "False",
		reason: "Unschedulable",
		message: "0/5 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found",
	});
	await setImage("etcd:3.6.16");
	expect(uids()).toEqual({ ...before, "web-3": pending?.metadata.uid });
	cluster.addVolume("late", { claimRef: { namespace: "default", name: "data-web-3" } });
	await cluster.settle();
	const [, second] = revisions();
	expect(["web-0", "web-1", "web-2", "web-3"].map(revisionOf)).toEqual(Array(4).fill(second?.name));
});

test("a broken update is stuck: putting the template back does not help until the broken pod is deleted", async () => {
	cluster.startKubelet((pod) => pod.spec?.containers[0]?.image !== "etcd:broken");
	create();
	await cluster.settle();
	await setImage("etcd:broken");
	const broken = revisionOf("web-2");
	await setImage("etcd:3.5.9");
	expect(revisionOf("web-2")).toBe(broken);
	cluster.endPod("web-2");
	await cluster.settle();
	expect(revisionOf("web-2")).not.toBe(broken);
	expect(status()).toMatchObject({ readyReplicas: 3, updatedReplicas: 3 });
});

test("OnDelete leaves the pods alone", async () => {
	cluster.startKubelet();
	create({ updateStrategy: { type: "OnDelete" } });
	await cluster.settle();
	const before = uids();
	await setImage("etcd:3.6.16");
	expect(uids()).toEqual(before);
	cluster.endPod("web-1");
	await cluster.settle();
	const [first, second] = revisions();
	expect(revisionOf("web-1")).toBe(second?.name);
	expect(status()).toMatchObject({ currentRevision: first?.name, updateRevision: second?.name });
});

test("the partition counts from the first ordinal", async () => {
	cluster.startKubelet();
	create({
		ordinals: { start: 1 },
		replicas: 2,
		updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } },
	});
	await cluster.settle();
	await setImage("etcd:3.6.16");
	const [first, second] = revisions();
	cluster.endPod("web-1");
	await cluster.settle();
	expect(["web-1", "web-2"].map(revisionOf)).toEqual([first?.name, second?.name]);
});

test("the update revision is not the current one before its pods are Ready", async () => {
	cluster.startKubelet((pod) => pod.spec?.containers[0]?.image !== "etcd:broken");
	create({ replicas: 1 });
	await cluster.settle();
	await setImage("etcd:broken");
	const [first, second] = revisions();
	expect(status()).toMatchObject({ currentRevision: first?.name, updateRevision: second?.name, updatedReplicas: 1 });
	expect(status()?.currentReplicas).toBeUndefined();
});

test("history beyond the limit is forgotten, oldest first", async () => {
	cluster.startKubelet();
	create({ revisionHistoryLimit: 2 });
	await cluster.settle();
	for (let index = 1; index <= 5; index++) await setImage(`etcd:${index}`);
	expect(revisions().map(({ revision }) => revision)).toEqual([4, 5, 6]);
});
