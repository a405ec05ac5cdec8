import type { Affinity, PodAffinityTerm } from "kubernetes-types/core/v1";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EVENTS, NODES } from "../../api/resources.ts";
import type { Node } from "../stored.ts";
import { TestCluster } from "../testing/cluster.ts";

let cluster: TestCluster;
beforeEach(() => {
	cluster = new TestCluster();
	cluster.addNodes(5, (index) => ({ "topology.kubernetes.io/zone": index <= 3 ? "a" : "b" }));
});
afterEach(() => {
	cluster.stop();
	expect(cluster.errors).toEqual([]);
});

const near = (app: string, topologyKey = "kubernetes.io/hostname"): PodAffinityTerm => ({
	topologyKey,
	labelSelector: { matchLabels: { app } },
});
const apart = (app: string): Affinity => ({
	podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near(app)] },
});
const node = (pod: string) => cluster.pod(pod)?.spec?.nodeName;
const message = (pod: string) =>
	cluster.pod(pod)?.status?.conditions?.find(({ type }) => type === "PodScheduled")?.message;
const editNode = (name: string, edit: (spec: NonNullable<Node["spec"]>) => void) =>
	cluster.api.modify<Node>(NODES, undefined, name, (copy) => {
		copy.spec ??= {};
		edit(copy.spec);
	});
const claimVolume = (claimName: string) => ({ volumes: [{ name: "d", persistentVolumeClaim: { claimName } }] });
const tail = (why: string) => `no new claims to deallocate, preemption: 0/5 nodes are available: ${why}.`;

test("a pod gets a node, a condition and an event", async () => {
	cluster.addPod("p");
	await cluster.settle();
	expect(node("p")).toBe("node-1");
	expect(cluster.pod("p")?.status?.conditions).toMatchObject([{ type: "PodScheduled", status: "True" }]);
	expect(cluster.events()).toContain("Normal Scheduled Pod/p: Successfully assigned default/p to node-1");
});

test("hard anti-affinity: one pod a node, the sixth waits and gets the place of one that goes", async () => {
	for (let index = 0; index < 6; index++) {
		cluster.addPod(`p${index}`, { affinity: apart("etcd") }, { app: "etcd" });
		await cluster.settle();
	}
	expect(new Set(["p0", "p1", "p2", "p3", "p4"].map(node)).size).toBe(5);
	expect(message("p5")).toBe(
		`0/5 nodes are available: 5 node(s) didn't match pod anti-affinity rules. ${tail("5 No preemption victims found for incoming pod")}`,
	);
	expect(cluster.events()).toContain(`Warning FailedScheduling Pod/p5: ${message("p5")}`);
	const free = node("p2");
	cluster.endPod("p2");
	await cluster.settle();
	expect(node("p5")).toBe(free);
});

test("anti-affinity of those who are there holds for newcomers too", async () => {
	cluster.addPod("loner", {
		affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near("x", "kubernetes.io/os")] } },
	});
	await cluster.settle();
	cluster.addPod("p", {}, { app: "x" });
	await cluster.settle();
	expect(message("p")).toBe(
		`0/5 nodes are available: 5 node(s) didn't satisfy existing pods anti-affinity rules. ${tail("5 No preemption victims found for incoming pod")}`,
	);
});

test("each node's first reason is counted, sorted as text", async () => {
	editNode("node-1", (spec) => {
		spec.unschedulable = true;
	});
	editNode("node-2", (spec) => {
		spec.taints = [{ key: "dedicated", value: "io", effect: "NoSchedule" }];
	});
	cluster.addPod("there", {}, { app: "x" });
	await cluster.settle();
	const zone = { "topology.kubernetes.io/zone": node("there") === "node-3" ? "a" : "b" };
	cluster.addPod("p", {
		nodeSelector: { ...zone, "kubernetes.io/hostname": node("there") ?? "" },
		affinity: apart("x"),
	});
	await cluster.settle();
	expect(message("p")).toBe(
		`0/5 nodes are available: 1 node(s) didn't match pod anti-affinity rules, 1 node(s) had untolerated taint {dedicated: io}, 1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity/selector. ${tail("1 No preemption victims found for incoming pod, 4 Preemption is not helpful for scheduling")}`,
	);
});

test.each([
	["a missing claim", claimVolume("nope"), 'persistentvolumeclaim "nope" not found. not found'],
	[
		"no such node",
		{ nodeSelector: { nope: "x" } },
		`5 node(s) didn't match Pod's node affinity/selector. ${tail("5 Preemption is not helpful for scheduling")}`,
	],
	[
		"too much cpu",
		{ containers: [{ name: "c", image: "etcd", resources: { requests: { cpu: "1000" } } }] },
		`5 Insufficient cpu. ${tail("5 Preemption is not helpful for scheduling")}`,
	],
	[
		"nobody to be near",
		{ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near("zzz")] } } },
		`5 node(s) didn't match pod affinity rules. ${tail("5 Preemption is not helpful for scheduling")}`,
	],
	[
		"a spread over nothing",
		{
			topologySpreadConstraints: [
				{ maxSkew: 1, topologyKey: "rack", whenUnsatisfiable: "DoNotSchedule", labelSelector: {} },
			],
		},
		`5 node(s) didn't match pod topology spread constraints (missing required label). ${tail("5 Preemption is not helpful for scheduling")}`,
	],
])("the words of Kubernetes for %s", async (_, spec, expected) => {
	cluster.addPod("p", spec);
	await cluster.settle();
	expect(message("p")).toBe(`0/5 nodes are available: ${expected}`);
});

test("a bound volume keeps its pod on the volume's node", async () => {
	const terms = [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["nowhere"] }] }];
	cluster.addVolume("v", { nodeAffinity: { required: { nodeSelectorTerms: terms } } });
	cluster.api.create(
		{ group: "", version: "v1", resource: "persistentvolumeclaims" },
		{
			apiVersion: "v1",
			kind: "PersistentVolumeClaim",
			metadata: { name: "a", namespace: "default" },
			spec: { accessModes: ["ReadWriteOnce"], storageClassName: "manual", resources: { requests: { storage: "1Gi" } } },
		},
	);
	cluster.addPod("p", claimVolume("a"));
	await cluster.settle();
	expect(message("p")).toBe(
		`0/5 nodes are available: 5 node(s) didn't match PersistentVolume's node affinity. ${tail("5 Preemption is not helpful for scheduling")}`,
	);
});

test("a pod waits for an uncordoned node, and is not tried again for a heartbeat", async () => {
	for (let index = 1; index <= 5; index++) {
		editNode(`node-${index}`, (spec) => {
			spec.unschedulable = true;
		});
	}
	await cluster.settle();
	cluster.addPod("p");
	await cluster.settle();
	const failures = () =>
		cluster.api.list<{ reason: string; count: number }>(EVENTS).filter(({ reason }) => reason === "FailedScheduling");
	cluster.setNodeReady("node-1", "True");
	await cluster.settle();
	expect(failures()).toMatchObject([{ count: 1 }]);
	editNode("node-2", (spec) => {
		delete spec.unschedulable;
	});
	await cluster.settle();
	expect(node("p")).toBe("node-2");
});

test("preferences decide before spreading", async () => {
	cluster.addPod("p", {
		affinity: {
			nodeAffinity: {
				preferredDuringSchedulingIgnoredDuringExecution: [
					{
						weight: 1,
						preference: { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["node-3"] }] },
					},
				],
			},
		},
	});
	await cluster.settle();
	expect(node("p")).toBe("node-3");
	cluster.addPod("q", {
		affinity: {
			podAntiAffinity: {
				preferredDuringSchedulingIgnoredDuringExecution: [
					{
						weight: 100,
						podAffinityTerm: { ...near("none"), labelSelector: {}, topologyKey: "topology.kubernetes.io/zone" },
					},
				],
			},
		},
	});
	await cluster.settle();
	expect(["node-4", "node-5"]).toContain(node("q"));
});

test("pods of other schedulers and gated pods are left alone", async () => {
	cluster.addPod("p", { schedulerName: "mine" });
	cluster.addPod("q", { schedulingGates: [{ name: "example.com/wait" }] } as never);
	await cluster.settle();
	expect([node("p"), node("q")]).toEqual([undefined, undefined]);
});
