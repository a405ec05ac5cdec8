import type { ManagedFieldsEntry, ObjectMeta } from "kubernetes-types/meta/v1";
import { describe, expect, it } from "vitest";
import { managersOf } from "./managed-by.ts";

const entry = (manager: string, fieldsV1: object = { "f:spec": { "f:replicas": {} } }): ManagedFieldsEntry => ({
	...{ manager, operation: "Update", apiVersion: "apps/v1", fieldsType: "FieldsV1" },
	fieldsV1,
});
const owner = (controller: boolean) => ({
	...{ apiVersion: "operator.etcd.io/v1alpha1", kind: "EtcdCluster", name: "etcd", uid: "u" },
	controller,
});

describe("who else manages a StatefulSet", () => {
	it.each<[string, ObjectMeta, object[]]>([
		["nobody", { labels: { app: "etcd" }, ownerReferences: [owner(false)] }, []],
		[
			"a controller that owns it",
			{ ownerReferences: [owner(true)] },
			[
				{
					name: "EtcdCluster etcd (operator.etcd.io)",
					seen: "metadata.ownerReferences, controller: true",
					reverts: true,
					owner: "etcdcluster.v1alpha1.operator.etcd.io/etcd",
				},
			],
		],
		[
			"Helm, in another namespace",
			{ annotations: { "meta.helm.sh/release-name": "m", "meta.helm.sh/release-namespace": "tools" } },
			[{ name: "Helm release m", reverts: false, release: { name: "m", namespace: "tools" } }],
		],
		[
			"Helm, by its label alone",
			{ labels: { "app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "m" } },
			[{ name: "Helm release m", seen: "label app.kubernetes.io/managed-by" }],
		],
		[
			"Argo CD, by annotation, label and field",
			{
				annotations: { "argocd.argoproj.io/tracking-id": "shop:apps/StatefulSet:x/etcd" },
				labels: { "argocd.argoproj.io/instance": "shop" },
				managedFields: [entry("argocd-controller")],
			},
			[{ name: "Argo CD application shop", seen: "annotation argocd.argoproj.io/tracking-id", reverts: true }],
		],
		[
			"Flux's Helm controller",
			{
				annotations: { "meta.helm.sh/release-name": "m" },
				labels: { "helm.toolkit.fluxcd.io/name": "m" },
				managedFields: [entry("helm-controller")],
			},
			[
				{ name: "Helm release m", reverts: false },
				{ name: "Flux Helm release m", reverts: true },
			],
		],
		[
			"Fleet",
			{ annotations: { "objectset.rio.cattle.io/id": "default-etcd" } },
			[{ name: "Fleet bundle default-etcd", reverts: true }],
		],
		[
			"an autoscaler",
			{ managedFields: [{ ...entry("kube-controller-manager"), subresource: "scale" }] },
			[{ name: "a HorizontalPodAutoscaler", reverts: true }],
		],
		["a controller of Kubernetes that is none", { managedFields: [entry("kube-controller-manager")] }, []],
		[
			"an operator that says nothing else",
			{ managedFields: [entry("etcd-operator"), entry("other", { "f:spec": {} })] },
			[{ name: "field manager etcd-operator", seen: "metadata.managedFields: spec.replicas is etcd-operator's" }],
		],
		[
			"kubectl, which does nothing by itself",
			{ managedFields: ["kubectl", "kubectl-client-side-apply", "kubectl-edit", "helm"].map((one) => entry(one)) },
			[],
		],
	])("%s", (_, metadata, found) =>
		expect(managersOf(metadata)).toEqual(found.map((one) => expect.objectContaining(one))),
	);

	it("who had the size before a run of ours that is unfinished", () => {
		const ours = { managedFields: [entry("quorate")] };
		expect(managersOf(ours)).toEqual([]);
		expect(managersOf(ours, [entry("etcd-operator")])).toMatchObject([{ name: "field manager etcd-operator" }]);
	});
});
