import { describe, expect, it } from "vitest";
import type { ClusterView } from "../cluster/cluster-view.ts";
import type { VolumePlace } from "./goal.ts";
import { plan } from "./plan.ts";
import { healthyView } from "./testing/views.ts";

const made = (view: ClusterView, replicas: number, volumes?: VolumePlace) =>
	plan(view, { replicas, snapshot: false, ...(volumes ? { volumes } : {}) }).steps.flatMap(({ step }) =>
		step.kind === "create-volume" ? [step.volume] : [],
	);
const paths = (volumes: ReturnType<typeof made>) => volumes.map(({ spec }) => spec.hostPath?.path ?? spec.local?.path);

/** Volumes of which none is a pattern: no ordinal in their names. */
const withoutPattern = (): ClusterView => {
	const view = healthyView();
	const renamed = new Map(view.volumes.map(({ name }, index) => [name, `disk-${"abc"[index]}`]));
	const volumes = view.volumes.map((volume) => ({ ...volume, name: renamed.get(volume.name) ?? "" }));
	const claims = view.claims.map((claim) => ({ ...claim, volume: renamed.get(claim.volume ?? "") }));
	return { ...view, volumes, claims };
};

describe("a static volume for a new member", () => {
	it("is as the present ones, with its ordinal in name and path, on a node without a member", () => {
		const found = made(healthyView(), 5);
		expect(found.map(({ name, node }) => [name, node])).toEqual([
			["etcd-volume-3", "node-4"],
			["etcd-volume-4", "node-5"],
		]);
		expect(paths(found)).toEqual(["/var/local/mayastor/etcd/pod-3", "/var/local/mayastor/etcd/pod-4"]);
		expect(found[0]?.spec.persistentVolumeReclaimPolicy).toBe("Delete");
	});

	it("goes to the nodes that were named, in their order", () => {
		expect(made(healthyView(), 5, { nodes: ["node-9", "node-7"] }).map(({ node }) => node)).toEqual([
			"node-9",
			"node-7",
		]);
	});

	it.each([
		["is not there", ["nowhere"]],
		["has a member already", ["node-1"]],
	])("goes nowhere else when a named node %s", (_what, nodes) => {
		const { blocked } = plan(healthyView(), { replicas: 4, snapshot: false, volumes: { nodes } });
		expect(blocked).toMatchObject({ reason: "NoNodeForVolume", message: expect.stringContaining(nodes[0] ?? "") });
	});

	it("goes nowhere when fewer nodes were named than members come, and that is known before anything is touched", () => {
		const { blocked } = plan(healthyView(), { replicas: 5, snapshot: false, volumes: { nodes: ["node-9"] } });
		expect(blocked).toMatchObject({ reason: "NoNodeForVolume" });
	});

	it("has the path that was told", () => {
		const found = made(healthyView(), 5, { path: "/disks/{ordinal}/etcd" });
		expect(paths(found)).toEqual(["/disks/3/etcd", "/disks/4/etcd"]);
		expect(found.map(({ name }) => name)).toEqual(["etcd-volume-3", "etcd-volume-4"]);
	});

	it("is not told a place where it is made by a provisioner, nor one folder for two", () => {
		const provisioned = plan(healthyView({ provisioner: "x/y" }), {
			...{ replicas: 4, snapshot: false, volumes: { nodes: ["node-9"] } },
		});
		expect(provisioned.blocked).toMatchObject({ reason: "VolumesAreProvisioned" });
		const view = healthyView();
		const storage = view.storage.flatMap((one) => [one, { ...one, template: "wal" }]);
		const shared = plan({ ...view, storage }, { replicas: 4, snapshot: false, volumes: { path: "/disk/{ordinal}" } });
		expect(shared.blocked).toMatchObject({ reason: "OnePathForSeveral" });
	});

	it("cannot be made where none is a pattern, unless its path is told; size and class are then the claim's", () => {
		expect(plan(withoutPattern(), { replicas: 4, snapshot: false }).blocked).toMatchObject({
			reason: "NoVolumeToModel",
		});
		const [volume] = made(withoutPattern(), 4, { path: "/data/etcd-{ordinal}" });
		expect(volume).toMatchObject({
			name: "mayastor-data-mayastor-etcd-3",
			claim: "data-mayastor-etcd-3",
			spec: {
				capacity: { storage: "2Gi" },
				accessModes: ["ReadWriteOnce"],
				storageClassName: "manual",
				hostPath: { path: "/data/etcd-3" },
				claimRef: { namespace: "mayastor", name: "data-mayastor-etcd-3" },
			},
		});
	});

	it("is not made over one of the same name that someone else's claim has", () => {
		const view = healthyView();
		const [first] = view.volumes;
		if (!first) throw new Error("no volume");
		const claim = { namespace: "other", name: "data-0" };
		const volumes = [...view.volumes, { ...first, name: "etcd-volume-3", phase: "Bound", claim }];
		expect(plan({ ...view, volumes }, { replicas: 4, snapshot: false }).blocked).toMatchObject({
			reason: "VolumeNameTaken",
			message: expect.stringContaining("Bound for claim other/data-0"),
			hint: expect.stringContaining("kubectl describe pv etcd-volume-3"),
		});
	});

	it("tells which claim is on which volume where they are bound crosswise", () => {
		const view = healthyView();
		const claims = view.claims.map((claim, at, all) => ({ ...claim, volume: all[(at + 1) % 3]?.volume }));
		expect(plan({ ...view, claims }, { replicas: 4, snapshot: false }).blocked?.message).toContain(
			"data-mayastor-etcd-0 is on etcd-volume-1, data-mayastor-etcd-1 is on etcd-volume-2",
		);
	});
});
