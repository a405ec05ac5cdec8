import type { Lease } from "kubernetes-types/coordination/v1";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LEASES, NODES } from "../../api/resources.ts";
import type { Node, Pod } from "../stored.ts";
import { TestCluster } from "../testing/cluster.ts";
import { evictionTime } from "./taint-eviction.ts";

let cluster: TestCluster;
beforeEach(() => {
	vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
	cluster = new TestCluster();
	cluster.addNodes(2);
	cluster.startKubelet();
});
afterEach(() => {
	cluster.stop();
	vi.useRealTimers();
	expect(cluster.errors).toEqual([]);
});

const node = (name: string) => cluster.api.get<Node>(NODES, undefined, name);
const taints = (name: string) => node(name)?.spec?.taints?.map(({ key, effect }) => `${key}:${effect}`) ?? [];
const ready = (name: string) => node(name)?.status?.conditions?.find(({ type }) => type === "Ready");
const pass = async (seconds: number) => {
	await cluster.settle();
	vi.advanceTimersByTime(seconds * 1000);
	await cluster.settle();
};
const beat = (name: string) => {
	const renewTime = new Date().toISOString().replace("Z", "000Z");
	const namespace = "kube-node-lease";
	if (!cluster.api.get(LEASES, namespace, name)) {
		cluster.api.create<Lease>(LEASES, {
			apiVersion: "coordination.k8s.io/v1",
			kind: "Lease",
			metadata: { name, namespace },
			spec: { renewTime },
		});
	} else {
		cluster.api.modify<Lease>(LEASES, namespace, name, (copy) => {
			copy.spec = { ...copy.spec, renewTime };
		});
	}
};

test("a node whose kubelet is silent for longer than the grace period is lost, the other is not", async () => {
	cluster.addPod("p", { nodeName: "node-1" });
	for (let index = 0; index < 3; index++) {
		beat("node-2");
		await pass(6);
	}
	expect(ready("node-1")).toMatchObject({
		status: "Unknown",
		reason: "NodeStatusUnknown",
		message: "Kubelet stopped posting node status.",
	});
	expect(taints("node-1")).toEqual([
		"node.kubernetes.io/unreachable:NoSchedule",
		"node.kubernetes.io/unreachable:NoExecute",
	]);
	expect([ready("node-2")?.status, taints("node-2")]).toEqual(["True", []]);
	expect(cluster.pod("p")?.status?.conditions?.find(({ type }) => type === "Ready")?.status).toBe("False");
	expect(cluster.events()).toEqual(
		expect.arrayContaining([
			"Normal RegisteredNode Node/node-1: Node node-1 event: Registered Node node-1 in Controller",
			"Normal NodeNotReady Node/node-1: Node node-1 status is now: NodeNotReady",
			"Warning NodeNotReady Pod/p: Node is not ready",
		]),
	);
});

test("its pods are told to go after their 300 seconds, and stay where the node comes back before", async () => {
	cluster.addPod("p", { nodeName: "node-1" });
	cluster.addPod("q", { nodeName: "node-2" });
	await pass(17);
	await pass(290);
	cluster.setNodeReady("node-2", "True");
	await pass(12);
	expect(cluster.pod("p")).toBeUndefined();
	expect(cluster.pod("q")?.metadata.deletionTimestamp).toBeUndefined();
	expect(taints("node-2")).toEqual([]);
	expect(cluster.events()).toEqual(
		expect.arrayContaining([
			"Normal TaintManagerEviction Pod/p: Marking for deletion Pod default/p",
			"Normal TaintManagerEviction Pod/q: Cancelling deletion of Pod default/q",
		]),
	);
});

test("cordoning is a taint too, and an administrator's own taints stay", async () => {
	cluster.api.modify<Node>(NODES, undefined, "node-1", (copy) => {
		copy.spec = { unschedulable: true, taints: [{ key: "own", effect: "NoSchedule" }] };
	});
	await cluster.settle();
	expect(taints("node-1")).toEqual(["own:NoSchedule", "node.kubernetes.io/unschedulable:NoSchedule"]);
});

test("pods of a node that was removed go after the quarantine", async () => {
	cluster.addPod("p", { nodeName: "node-1" });
	await cluster.settle();
	cluster.api.delete(NODES, undefined, "node-1");
	await pass(30);
	expect(cluster.pod("p")).toBeDefined();
	await pass(11);
	expect(cluster.pod("p")).toBeUndefined();
});

test("a removed node's lease goes with it", async () => {
	beat("node-1");
	cluster.api.modify<Lease>(LEASES, "kube-node-lease", "node-1", (copy) => {
		const owner = { apiVersion: "v1", kind: "Node", name: "node-1", uid: node("node-1")?.metadata.uid ?? "" };
		copy.metadata = { ...copy.metadata, ownerReferences: [owner] };
	});
	await cluster.settle();
	cluster.api.delete(NODES, undefined, "node-1");
	await cluster.settle();
	expect(cluster.api.get(LEASES, "kube-node-lease", "node-1")).toBeUndefined();
});

test("a terminating pod goes from a lost node once that is declared out of service", async () => {
	cluster.stop();
	cluster = new TestCluster();
	cluster.addNodes(1);
	cluster.addPod("p", { nodeName: "node-1" });
	await pass(17);
	cluster.api.delete({ group: "", version: "v1", resource: "pods" }, "default", "p");
	await cluster.settle();
	expect(cluster.pod("p")?.metadata.deletionTimestamp).toBeDefined();
	cluster.api.modify<Node>(NODES, undefined, "node-1", (copy) => {
		const out = { key: "node.kubernetes.io/out-of-service", value: "nodeshutdown", effect: "NoExecute" };
		copy.spec = { ...copy.spec, taints: [...(copy.spec?.taints ?? []), out] };
	});
	await cluster.settle();
	expect(cluster.pod("p")).toBeUndefined();
});

test("when a pod must go", () => {
	const taint = { key: "k", effect: "NoExecute", timeAdded: "1970-01-01T00:01:40Z" };
	const tolerate = (tolerationSeconds?: number): NonNullable<Pod["spec"]>["tolerations"] => [
		{ key: "k", operator: "Exists", ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }) },
	];
	expect(evictionTime([], [])).toBeUndefined();
	expect(evictionTime([], [{ ...taint, effect: "NoSchedule" }])).toBeUndefined();
	expect(evictionTime([], [taint])).toBe(0);
	expect(evictionTime(tolerate() ?? [], [taint])).toBeUndefined();
	expect(evictionTime(tolerate(300) ?? [], [taint])).toBe(400_000);
	expect(evictionTime(tolerate(300) ?? [], [taint, { key: "other", effect: "NoExecute" }])).toBe(0);
});
