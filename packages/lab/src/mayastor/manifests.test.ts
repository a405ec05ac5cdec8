import type { StatefulSet } from "kubernetes-types/apps/v1";
import type { PersistentVolume } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { guideManifests } from "./manifests.ts";

const manifests = (members: number) => guideManifests({ members, image: "etcd:3.5.9" }).map(({ object }) => object);

function environmentOf(members: number): Map<string, string | undefined> {
	const set = manifests(members).find(({ kind }) => kind === "StatefulSet") as unknown as StatefulSet;
	const [container] = set.spec?.template.spec?.containers ?? [];
	return new Map(container?.env?.map(({ name, value }) => [name, value]));
}

describe("guideManifests", () => {
	it("has what the guide's commands name, and comes before what needs it", () => {
		expect(manifests(3).map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
			"CustomResourceDefinition/diskpools.openebs.io",
			"StorageClass/manual",
			"StorageClass/standard",
			"Namespace/mayastor",
			"PersistentVolume/etcd-volume-0",
			"PersistentVolume/etcd-volume-1",
			"PersistentVolume/etcd-volume-2",
			"Service/mayastor-etcd-headless",
			"Service/mayastor-etcd",
			"PodDisruptionBudget/mayastor-etcd",
			"StatefulSet/mayastor-etcd",
		]);
	});

	it("renders the bootstrap variables as the chart does", () => {
		const host = (ordinal: number) =>
			`mayastor-etcd-${ordinal}=http://mayastor-etcd-${ordinal}.mayastor-etcd-headless.mayastor.svc.cluster.local:2380`;
		const three = environmentOf(3);
		expect(three.get("ETCD_INITIAL_CLUSTER")).toBe([0, 1, 2].map(host).join(","));
		expect(three.get("ETCD_INITIAL_CLUSTER_STATE")).toBe("new");
		expect(three.get("ETCD_INITIAL_CLUSTER_TOKEN")).toBe("etcd-cluster-k8s");
		const one = environmentOf(1);
		for (const name of ["ETCD_INITIAL_CLUSTER", "ETCD_INITIAL_CLUSTER_STATE", "ETCD_INITIAL_CLUSTER_TOKEN"]) {
			expect(one.has(name)).toBe(false);
		}
	});

	it("binds each volume beforehand to the claim of its ordinal", () => {
		const volumes = manifests(2).filter(({ kind }) => kind === "PersistentVolume") as unknown as PersistentVolume[];
		expect(volumes.map(({ spec }) => [spec?.claimRef?.name, spec?.hostPath?.path])).toEqual([
			["data-mayastor-etcd-0", "/var/local/mayastor/etcd/pod-0"],
			["data-mayastor-etcd-1", "/var/local/mayastor/etcd/pod-1"],
		]);
	});

	it("binds volumes crosswise where that is wanted: the last to the first claim", () => {
		const crosswise = guideManifests({ members: 3, image: "etcd:3.5.9", crosswiseVolumes: true });
		const volumes = crosswise.flatMap(({ object }) => (object.kind === "PersistentVolume" ? [object] : []));
		expect(volumes.map((volume) => (volume as PersistentVolume).spec?.claimRef?.name)).toEqual([
			"data-mayastor-etcd-1",
			"data-mayastor-etcd-2",
			"data-mayastor-etcd-0",
		]);
	});
});
