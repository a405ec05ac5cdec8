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

	it("goes where the approved plan has it, whatever node is free now, and elsewhere only if that one is not fit", () => {
		const goal = { replicas: 5, snapshot: false, volumeNodes: [{ ordinal: 3, node: "node-7" }] };
		const nodes = (view: ClusterView) =>
			plan(view, goal).steps.flatMap(({ step }) => (step.kind === "create-volume" ? [step.volume.node] : []));
		expect(nodes(healthyView())).toEqual(["node-7", "node-4"]);
		const lost = healthyView().nodes.map((node) => (node.name === "node-7" ? { ...node, ready: false } : node));
		expect(nodes({ ...healthyView(), nodes: lost })).toEqual(["node-4", "node-5"]);
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

	const bound = (view: ClusterView, change: object) => {
		const [first] = view.volumes;
		if (!first) throw new Error("no volume");
		const claim = { namespace: "other", name: "data-0" };
		return { ...view, volumes: [...view.volumes, { ...first, uid: "u", phase: "Bound", claim, ...change }] };
	};

	it("has another number where someone else has a volume of that name", () => {
		const [volume] = made(
			bound(healthyView(), { name: "etcd-volume-3", spec: { nfs: { server: "s", path: "/" } } }),
			4,
		);
		expect([volume?.name, volume?.spec.hostPath?.path]).toEqual(["etcd-volume-4", "/var/local/mayastor/etcd/pod-4"]);
	});

	it.each([
		["the same", "/var/local/mayastor/etcd/pod-3/"],
		["one in it", "/var/local/mayastor/etcd/pod-3/data"],
	])("is in no folder that someone else's volume has: %s", (_what, path) => {
		const taken = bound(healthyView(), { name: "others", spec: { hostPath: { path } } });
		expect(paths(made(taken, 4))).toEqual(["/var/local/mayastor/etcd/pod-4"]);
		const told = { path: "/var/local/mayastor/etcd/pod-{ordinal}" };
		expect(plan(taken, { replicas: 4, snapshot: false, volumes: told }).blocked).toMatchObject({
			reason: "VolumePathTaken",
			message: expect.stringContaining("volume others (claim other/data-0)"),
		});
	});

	it("is in no folder above someone else's, or that a pod mounts directly", () => {
		const above = bound(healthyView(), { name: "others", spec: { local: { path: "/data/etcd-3/x" } } });
		const told = { path: "/data/etcd-{ordinal}" };
		expect(plan(above, { replicas: 4, snapshot: false, volumes: told }).blocked?.reason).toBe("VolumePathTaken");
		const mounted = { ...healthyView(), hostFolders: [{ pod: "backup", node: "node-4", path: "/data/etcd-3" }] };
		expect(plan(mounted, { replicas: 4, snapshot: false, volumes: told }).blocked?.message).toContain("pod backup");
		const watching = { ...healthyView(), hostFolders: [{ pod: "metrics", node: "node-4", path: "/" }] };
		expect(paths(made(watching, 4, told))).toEqual(["/data/etcd-3"]);
	});

	it("is modelled on volumes that are bound crosswise: their names agree with their paths, not with the claims", () => {
		const view = healthyView();
		const claims = view.claims.map((claim, at, all) => ({ ...claim, volume: all[(at + 1) % 3]?.volume }));
		expect(paths(made({ ...view, claims }, 4))).toEqual(["/var/local/mayastor/etcd/pod-3"]);
	});

	it("is not modelled on volumes that a program made, nor on a digit of a hash", () => {
		const hashes = ["5c1f2e90", "a7d1b40c", "9e1f2d7a"];
		const local = (at: number) => `local-pv-${hashes[at]}`;
		const view = healthyView();
		const claims = view.claims.map((claim, at) => ({ ...claim, volume: local(at) }));
		const volumes = view.volumes.map((volume, at) => ({
			...volume,
			name: local(at),
			spec: { ...volume.spec, hostPath: { path: "/mnt/disks/vol1" } },
		}));
		expect(plan({ ...view, claims, volumes }, { replicas: 4, snapshot: false }).blocked?.reason).toBe(
			"NoVolumeToModel",
		);
	});

	it("is one that is free, if it fits and its node has no member", () => {
		const view = healthyView();
		const [first] = view.volumes;
		if (!first) throw new Error("no volume");
		const on = (node: string, capacity = "2Gi") => ({
			...first,
			...{ name: `free-${node}`, uid: node, phase: "Available", claim: undefined },
			spec: {
				...first.spec,
				capacity: { storage: capacity },
				hostPath: { path: "/free" },
				nodeAffinity: {
					required: {
						nodeSelectorTerms: [
							{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] },
						],
					},
				},
			},
		});
		const goal = (volumes: object[]) => made({ ...view, volumes: [...view.volumes, ...volumes] } as ClusterView, 5);
		expect(goal([on("node-4"), on("node-5", "3Gi")])).toEqual([]);
		// the second would have to be made, and the one that is free is no pattern
		expect(goal([on("node-4"), on("node-5", "1Gi")])).toEqual([]);
		expect(goal([on("node-1"), on("node-2")])).toHaveLength(2);
	});
});
