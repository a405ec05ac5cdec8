import type { Endpoints, Service as ServiceDraft } from "kubernetes-types/core/v1";
import type { EndpointSlice } from "kubernetes-types/discovery/v1";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ENDPOINTS, ENDPOINTSLICES, PODS, SERVICES } from "../../api/resources.ts";
import { TestCluster } from "../testing/cluster.ts";

let cluster: TestCluster;
beforeEach(() => {
	cluster = new TestCluster();
	cluster.addNodes(1, () => ({ "topology.kubernetes.io/zone": "a" }));
});
afterEach(() => {
	cluster.stop();
	expect(cluster.errors).toEqual([]);
});

const addService = (name: string, spec: ServiceDraft["spec"]) =>
	cluster.api.create<ServiceDraft>(SERVICES, {
		apiVersion: "v1",
		kind: "Service",
		metadata: { name, namespace: "default", labels: { of: name } },
		spec: { selector: { app: "etcd" }, ports: [{ name: "client", port: 2379, targetPort: "client" }], ...spec },
	});
const containers = [{ name: "c", image: "etcd", ports: [{ name: "client", containerPort: 12379 }] }];
const addPod = async (name: string, ready: boolean) => {
	cluster.addPod(name, { containers, hostname: name, subdomain: "headless" }, { app: "etcd" });
	await cluster.settle();
	cluster.runPod(name, ready);
	await cluster.settle();
};
const endpoints = (name: string) => cluster.api.get<Endpoints>(ENDPOINTS, "default", name);
const slices = (name: string) =>
	cluster.api.list<EndpointSlice>(ENDPOINTSLICES, { labelSelector: `kubernetes.io/service-name=${name}` });
const addresses = (name: string) => {
	const [subset] = endpoints(name)?.subsets ?? [];
	return [subset?.addresses?.map(({ ip }) => ip), subset?.notReadyAddresses?.map(({ ip }) => ip)];
};

test("ready and other pods apart, named ports looked up in the pods", async () => {
	addService("client", {});
	await addPod("p0", true);
	await addPod("p1", false);
	expect(addresses("client")).toEqual([["10.0.0.1"], ["10.0.0.2"]]);
	expect(endpoints("client")?.subsets?.[0]?.ports).toEqual([{ name: "client", port: 12379, protocol: "TCP" }]);
	expect(endpoints("client")?.metadata?.labels).toEqual({
		of: "client",
		"endpoints.kubernetes.io/managed-by": "endpoint-controller",
	});
	const [slice] = slices("client");
	expect(slice?.endpoints?.map(({ conditions, zone, nodeName }) => ({ ...conditions, zone, nodeName }))).toEqual([
		{ ready: true, serving: true, terminating: false, zone: "a", nodeName: "node-1" },
		{ ready: false, serving: false, terminating: false, zone: "a", nodeName: "node-1" },
	]);
	cluster.runPod("p1", true);
	await cluster.settle();
	expect(addresses("client")).toEqual([["10.0.0.1", "10.0.0.2"], undefined]);
});

test("a headless service that publishes all gives every pod its name, Ready or not", async () => {
	addService("headless", { clusterIP: "None", publishNotReadyAddresses: true });
	await addPod("p0", false);
	expect(endpoints("headless")?.subsets?.[0]?.addresses).toMatchObject([{ ip: "10.0.0.1", hostname: "p0" }]);
	expect(slices("headless")[0]).toMatchObject({
		metadata: { labels: { "service.kubernetes.io/headless": "" } },
		endpoints: [{ hostname: "p0", conditions: { ready: true, serving: false, terminating: false } }],
	});
	cluster.api.delete(PODS, "default", "p0");
	await cluster.settle();
	expect(endpoints("headless")?.subsets?.[0]?.addresses).toHaveLength(1);
	expect(slices("headless")[0]?.endpoints?.[0]?.conditions?.terminating).toBe(true);
});

test("pods that terminate, ended, or lost their labels are out", async () => {
	addService("client", {});
	for (const name of ["p0", "p1", "p2", "p3"]) await addPod(name, true);
	cluster.api.delete(PODS, "default", "p0");
	cluster.runPod("p1", false, "Succeeded");
	cluster.api.modify<{ metadata: { labels?: object } }>(PODS, "default", "p2", (copy) => {
		copy.metadata.labels = {};
	});
	await cluster.settle();
	expect(addresses("client")).toEqual([["10.0.0.4"], undefined]);
});

test("what belongs to a service goes with it; endpoints made by hand stay", async () => {
	addService("client", {});
	cluster.api.create<Endpoints>(ENDPOINTS, {
		apiVersion: "v1",
		kind: "Endpoints",
		metadata: { name: "own", namespace: "default" },
	});
	await addPod("p0", true);
	cluster.api.delete(SERVICES, "default", "client");
	await cluster.settle();
	expect(endpoints("client")).toBeUndefined();
	expect(slices("client")).toEqual([]);
	expect(endpoints("own")).toBeDefined();
});

test("more than a hundred pods are spread over slices, and those no longer needed go", async () => {
	addService("client", {});
	const names = Array.from({ length: 105 }, (_, index) => `p${index}`);
	for (const name of names) cluster.addPod(name, { containers }, { app: "etcd" });
	await cluster.settle();
	for (const name of names) cluster.runPod(name);
	await cluster.settle();
	expect(slices("client").map((slice) => slice.endpoints?.length)).toEqual([100, 5]);
	for (const name of names.slice(50)) cluster.endPod(name);
	await cluster.settle();
	expect(slices("client").map((slice) => slice.endpoints?.length)).toEqual([50]);
});
