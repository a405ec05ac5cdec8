import type { StatefulSet as SetDraft } from "kubernetes-types/apps/v1";
import type { ConfigMap, Namespace as Draft } from "kubernetes-types/core/v1";
import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CONFIGMAPS, NAMESPACES, PODS, SERVICEACCOUNTS, STATEFULSETS } from "../../api/resources.ts";
import { Collections } from "../collections.ts";
import { PODDISRUPTIONBUDGETS } from "../disruption/controller.ts";
import type { Namespace, Pod } from "../stored.ts";
import { TestCluster } from "../testing/cluster.ts";
import { webSet } from "../testing/stateful-set.ts";

let cluster: TestCluster;
beforeEach(() => {
	cluster = new TestCluster({ rootCa: "PEM" });
});
afterEach(() => {
	cluster.stop();
	expect(cluster.errors).toEqual([]);
});

const addNamespace = (name: string) =>
	cluster.api.create<Draft>(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
const namespace = () => cluster.api.get<Namespace>(NAMESPACES, undefined, "test");

test("each namespace has its service account and the authority's certificate, again where they are deleted", async () => {
	addNamespace("test");
	await cluster.settle();
	cluster.api.delete(SERVICEACCOUNTS, "test", "default");
	cluster.api.delete(CONFIGMAPS, "test", "kube-root-ca.crt");
	await cluster.settle();
	expect(cluster.api.get(SERVICEACCOUNTS, "test", "default")).toBeDefined();
	expect(cluster.api.get<ConfigMap>(CONFIGMAPS, "test", "kube-root-ca.crt")?.data).toEqual({ "ca.crt": "PEM" });
});

test("a deleted namespace is emptied and goes; what holds it is told in its conditions", async () => {
	addNamespace("test");
	cluster.api.create<SetDraft>(STATEFULSETS, { ...webSet(), metadata: { name: "web", namespace: "test" } });
	cluster.api.create<ConfigMap>(CONFIGMAPS, {
		apiVersion: "v1",
		kind: "ConfigMap",
		metadata: { name: "held", namespace: "test", finalizers: ["example.com/x"] },
	});
	await cluster.settle();
	cluster.api.delete(NAMESPACES, undefined, "test");
	await cluster.settle();
	expect(namespace()?.status?.phase).toBe("Terminating");
	expect(
		namespace()?.status?.conditions?.map(({ type, status, reason, message }) => [type, status, reason, message]),
	).toEqual([
		["NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered", "All resources successfully discovered"],
		[
			"NamespaceDeletionGroupVersionParsingFailure",
			"False",
			"ParsedGroupVersions",
			"All legacy kube types successfully parsed",
		],
		[
			"NamespaceDeletionContentFailure",
			"False",
			"ContentDeleted",
			"All content successfully deleted, may be waiting on finalization",
		],
		[
			"NamespaceContentRemaining",
			"True",
			"SomeResourcesRemain",
			"Some resources are remaining: configmaps. has 1 resource instances",
		],
		[
			"NamespaceFinalizersRemaining",
			"True",
			"SomeFinalizersRemain",
			"Some content in the namespace has finalizers remaining: example.com/x in 1 resource instances",
		],
	]);
	cluster.api.modify<ConfigMap>(CONFIGMAPS, "test", "held", (copy) => {
		copy.metadata = { ...copy.metadata, finalizers: [] };
	});
	await cluster.settle();
	expect(namespace()).toBeUndefined();
	const left = new Collections(cluster.api)
		.all()
		.filter(({ namespaced }) => namespaced)
		.flatMap(({ resource }) => cluster.api.list(resource, { namespace: "test" }));
	expect(left).toEqual([]);
});

test("a set whose pods take their time to end does not hold its namespace up", async () => {
	addNamespace("test");
	cluster.addNodes(3);
	for (let index = 0; index < 3; index++) cluster.addVolume(`v${index}`);
	cluster.api.create<SetDraft>(STATEFULSETS, {
		...webSet({ podManagementPolicy: "Parallel" }),
		metadata: { name: "web", namespace: "test" },
	});
	await cluster.settle();
	cluster.api.delete(NAMESPACES, undefined, "test");
	await cluster.settle();
	const pods = cluster.api.list<Pod>(PODS, { namespace: "test" });
	expect(pods.filter(({ metadata }) => metadata.deletionTimestamp)).toHaveLength(3);
	for (const { metadata } of pods) {
		cluster.api.delete(PODS, "test", metadata.name, { gracePeriodSeconds: 0 });
		await cluster.settle();
	}
	expect(namespace()).toBeUndefined();
});

test("a budget's status follows its pods", async () => {
	cluster.addNodes(3);
	for (let index = 0; index < 3; index++) cluster.addVolume(`v${index}`);
	cluster.startKubelet();
	cluster.api.create<PodDisruptionBudget>(PODDISRUPTIONBUDGETS, {
		apiVersion: "policy/v1",
		kind: "PodDisruptionBudget",
		metadata: { name: "web", namespace: "default" },
		spec: { minAvailable: "51%", selector: { matchLabels: { app: "web" } } },
	});
	cluster.api.create<SetDraft>(STATEFULSETS, webSet());
	await cluster.settle();
	const status = () => cluster.api.get<PodDisruptionBudget>(PODDISRUPTIONBUDGETS, "default", "web")?.status;
	expect(status()).toMatchObject({ expectedPods: 3, currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1 });
	expect(status()?.conditions).toMatchObject([{ type: "DisruptionAllowed", status: "True", reason: "SufficientPods" }]);
	cluster.runPod("web-1", false);
	await cluster.settle();
	expect(status()).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 0 });
});
