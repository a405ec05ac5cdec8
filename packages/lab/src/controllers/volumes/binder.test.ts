import type { PersistentVolumeClaim } from "kubernetes-types/core/v1";
import type { StorageClass } from "kubernetes-types/storage/v1";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, STORAGECLASSES } from "../../api/resources.ts";
import type { Claim, Volume } from "../stored.ts";
import { TestCluster } from "../testing/cluster.ts";

let cluster: TestCluster;
const removed: string[] = [];
beforeEach(() => {
	removed.length = 0;
	cluster = new TestCluster({ removeVolumeData: (volume) => void removed.push(volume.spec?.hostPath?.path ?? "") });
	cluster.addNodes(2);
});
afterEach(() => {
	cluster.stop();
	expect(cluster.errors).toEqual([]);
});

const addClaim = (name: string, spec: NonNullable<PersistentVolumeClaim["spec"]> = {}) =>
	cluster.api.create<PersistentVolumeClaim>(PERSISTENTVOLUMECLAIMS, {
		apiVersion: "v1",
		kind: "PersistentVolumeClaim",
		metadata: { name, namespace: "default" },
		spec: {
			accessModes: ["ReadWriteOnce"],
			storageClassName: "manual",
			resources: { requests: { storage: "1Gi" } },
			...spec,
		},
	});
const addClass = (name: string, provisioner: string, volumeBindingMode = "Immediate") =>
	cluster.api.create<StorageClass>(STORAGECLASSES, {
		apiVersion: "storage.k8s.io/v1",
		kind: "StorageClass",
		metadata: { name },
		provisioner,
		volumeBindingMode,
	});
const claim = (name: string) => cluster.api.get<Claim>(PERSISTENTVOLUMECLAIMS, "default", name);
const volume = (name: string) => cluster.api.get<Volume>(PERSISTENTVOLUMES, undefined, name);
const remove = (name: string) => cluster.api.delete(PERSISTENTVOLUMECLAIMS, "default", name);

test("claim and volume are bound both ways, whichever comes first", async () => {
	addClaim("a");
	await cluster.settle();
	expect(claim("a")?.status).toEqual({ phase: "Pending" });
	expect(cluster.events()).toContain(
		'Warning ProvisioningFailed PersistentVolumeClaim/a: storageclass.storage.k8s.io "manual" not found',
	);
	cluster.addVolume("v");
	await cluster.settle();
	expect(claim("a")).toMatchObject({
		metadata: {
			annotations: { "pv.kubernetes.io/bind-completed": "yes", "pv.kubernetes.io/bound-by-controller": "yes" },
			finalizers: ["kubernetes.io/pvc-protection"],
		},
		spec: { volumeName: "v" },
		status: { phase: "Bound", accessModes: ["ReadWriteOnce"], capacity: { storage: "2Gi" } },
	});
	expect(volume("v")).toMatchObject({
		metadata: {
			annotations: { "pv.kubernetes.io/bound-by-controller": "yes" },
			finalizers: ["kubernetes.io/pv-protection"],
		},
		spec: { claimRef: { namespace: "default", name: "a", uid: claim("a")?.metadata.uid } },
		status: { phase: "Bound" },
	});
});

test("a volume reserved by name is Available until its claim comes, and is not marked as the controller's choice", async () => {
	cluster.addVolume("v", { claimRef: { namespace: "default", name: "a" } });
	await cluster.settle();
	expect(volume("v")?.status?.phase).toBe("Available");
	addClaim("b");
	addClaim("a");
	await cluster.settle();
	expect(volume("v")?.metadata.annotations).toBeUndefined();
	expect([claim("a")?.status?.phase, claim("b")?.status?.phase]).toEqual(["Bound", "Pending"]);
});

test("Delete on a host path outside /tmp fails as in Kubernetes: the volume is Failed, and no claim gets it again", async () => {
	cluster.addVolume("v");
	addClaim("a");
	await cluster.settle();
	remove("a");
	await cluster.settle();
	const message = "host_path deleter only supports /tmp/.+ but received provided /var/local/v";
	expect(volume("v")?.status).toMatchObject({ phase: "Failed", message });
	expect(cluster.events()).toContain(`Warning VolumeFailedDelete PersistentVolume/v: ${message}`);
	addClaim("a");
	await cluster.settle();
	expect(claim("a")?.status?.phase).toBe("Pending");
	expect(removed).toEqual([]);
});

test("Delete under /tmp empties and removes the volume; Retain keeps it, Released", async () => {
	cluster.addVolume("gone", { hostPath: { path: "/tmp/v" }, claimRef: { namespace: "default", name: "a" } });
	cluster.addVolume("kept", { persistentVolumeReclaimPolicy: "Retain", claimRef: { namespace: "default", name: "b" } });
	addClaim("a");
	addClaim("b");
	await cluster.settle();
	remove("a");
	remove("b");
	await cluster.settle();
	expect(volume("gone")).toBeUndefined();
	expect(removed).toEqual(["/tmp/v"]);
	expect(volume("kept")?.status?.phase).toBe("Released");
});

test("a bound volume that is deleted waits for its claim; the claim waits for its pod", async () => {
	cluster.addVolume("v");
	addClaim("a");
	cluster.addPod("p", { volumes: [{ name: "d", persistentVolumeClaim: { claimName: "a" } }] });
	await cluster.settle();
	cluster.api.delete(PERSISTENTVOLUMES, undefined, "v");
	remove("a");
	await cluster.settle();
	expect(volume("v")).toMatchObject({
		metadata: { deletionTimestamp: expect.any(String) },
		status: { phase: "Bound" },
	});
	expect(claim("a")?.metadata.deletionTimestamp).toBeDefined();
	cluster.endPod("p");
	await cluster.settle();
	expect(claim("a")).toBeUndefined();
	expect(volume("v")).toBeUndefined();
});

test("a pod without a node does not hold a claim", async () => {
	addClaim("a");
	cluster.addPod("p", { volumes: [{ name: "d", persistentVolumeClaim: { claimName: "a" } }] });
	await cluster.settle();
	remove("a");
	await cluster.settle();
	expect(claim("a")).toBeUndefined();
});

test("a claim whose volume vanished is Lost", async () => {
	cluster.addVolume("v");
	addClaim("a");
	await cluster.settle();
	cluster.api.modify<Volume>(PERSISTENTVOLUMES, undefined, "v", (copy) => {
		copy.metadata.finalizers = [];
	});
	cluster.api.delete(PERSISTENTVOLUMES, undefined, "v");
	cluster.api.modify<Volume>(PERSISTENTVOLUMES, undefined, "v", (copy) => {
		copy.metadata.finalizers = [];
	});
	await cluster.settle();
	expect(claim("a")?.status?.phase).toBe("Lost");
	expect(cluster.events()).toContain(
		"Warning ClaimLost PersistentVolumeClaim/a: Bound claim has lost its PersistentVolume. Data on the volume is lost!",
	);
});

test("a volume asked for by name that does not fit, and one that another has", async () => {
	cluster.addVolume("small", { capacity: { storage: "1Mi" } });
	cluster.addVolume("taken", { claimRef: { namespace: "default", name: "else" } });
	addClaim("a", { volumeName: "small" });
	addClaim("b", { volumeName: "taken" });
	await cluster.settle();
	expect(cluster.events()).toEqual(
		expect.arrayContaining([
			'Warning VolumeMismatch PersistentVolumeClaim/a: Cannot bind to requested volume "small": requested PV is too small',
			'Warning FailedBinding PersistentVolumeClaim/b: volume "taken" already bound to a different claim.',
		]),
	);
	expect([claim("a")?.status?.phase, claim("b")?.status?.phase]).toEqual(["Pending", "Pending"]);
});

test("who is waited for when no volume fits", async () => {
	addClass("none", "kubernetes.io/no-provisioner");
	addClass("outside", "example.com/disks");
	addClass("later", "kubernetes.io/no-provisioner", "WaitForFirstConsumer");
	addClaim("a", { storageClassName: "none" });
	addClaim("b", { storageClassName: "outside" });
	addClaim("c", { storageClassName: "later" });
	addClaim("d", { storageClassName: "" });
	await cluster.settle();
	expect(cluster.events()).toEqual(
		expect.arrayContaining([
			"Warning ProvisioningFailed PersistentVolumeClaim/a: no volume plugin matched name: kubernetes.io/no-provisioner",
			"Normal ExternalProvisioning PersistentVolumeClaim/b: Waiting for a volume to be created either by the external provisioner 'example.com/disks' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
			"Normal WaitForFirstConsumer PersistentVolumeClaim/c: waiting for first consumer to be created before binding",
			"Normal FailedBinding PersistentVolumeClaim/d: no persistent volumes available for this claim and no storage class is set",
		]),
	);
});

test("the lab's own provisioner makes a folder on a node at once, and takes it away with the claim", async () => {
	addClass("folders", "quorate.dev/hostpath");
	addClaim("a", { storageClassName: "folders" });
	await cluster.settle();
	const name = `pvc-${claim("a")?.metadata.uid}`;
	expect(claim("a")).toMatchObject({
		spec: { volumeName: name },
		status: { phase: "Bound", capacity: { storage: "1Gi" } },
	});
	expect(volume(name)?.spec).toMatchObject({
		hostPath: { path: `/var/local/quorate/${name}`, type: "DirectoryOrCreate" },
		persistentVolumeReclaimPolicy: "Delete",
		nodeAffinity: {
			required: {
				nodeSelectorTerms: [
					{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["node-1"] }] },
				],
			},
		},
	});
	remove("a");
	await cluster.settle();
	expect(volume(name)).toBeUndefined();
	expect(removed).toEqual([`/var/local/quorate/${name}`]);
});

test("a consumer that cannot be scheduled is named", async () => {
	addClass("later", "kubernetes.io/no-provisioner", "WaitForFirstConsumer");
	addClaim("a", { storageClassName: "later" });
	cluster.addPod("p", { volumes: [{ name: "d", persistentVolumeClaim: { claimName: "a" } }] });
	await cluster.settle();
	expect(cluster.events()).toContain(
		"Normal WaitForPodScheduled PersistentVolumeClaim/a: waiting for pod p to be scheduled",
	);
	expect(cluster.pod("p")?.status?.conditions?.[0]?.message).toMatch(
		"0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind. ",
	);
});

test("WaitForFirstConsumer: the pod's node decides, for a static volume and for a provisioned one", async () => {
	addClass("folders", "quorate.dev/hostpath", "WaitForFirstConsumer");
	addClass("disks", "kubernetes.io/no-provisioner", "WaitForFirstConsumer");
	const terms = [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["node-2"] }] }];
	cluster.addVolume("disk", { storageClassName: "disks", nodeAffinity: { required: { nodeSelectorTerms: terms } } });
	addClaim("a", { storageClassName: "folders" });
	addClaim("b", { storageClassName: "disks" });
	await cluster.settle();
	expect([claim("a")?.status?.phase, claim("b")?.status?.phase]).toEqual(["Pending", "Pending"]);
	cluster.addPod("p", {
		volumes: [
			{ name: "a", persistentVolumeClaim: { claimName: "a" } },
			{ name: "b", persistentVolumeClaim: { claimName: "b" } },
		],
	});
	await cluster.settle();
	expect(cluster.pod("p")?.spec?.nodeName).toBe("node-2");
	expect([claim("a")?.status?.phase, claim("b")?.spec?.volumeName]).toEqual(["Bound", "disk"]);
	expect(claim("a")?.metadata.annotations?.["volume.kubernetes.io/selected-node"]).toBe("node-2");
});

test("pods that wait for their volumes already have their place, for others too", async () => {
	addClass("folders", "quorate.dev/hostpath", "WaitForFirstConsumer");
	const term = { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "x" } } };
	for (const name of ["a", "b", "c"]) {
		addClaim(name, { storageClassName: "folders" });
		const spec = {
			affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
			volumes: [{ name: "d", persistentVolumeClaim: { claimName: name } }],
		};
		cluster.addPod(name, spec, { app: "x" });
	}
	await cluster.settle();
	expect([cluster.pod("a"), cluster.pod("b")].map((pod) => pod?.spec?.nodeName).sort()).toEqual(["node-1", "node-2"]);
	expect(cluster.pod("c")?.spec?.nodeName).toBeUndefined();
	expect(claim("c")?.metadata.annotations?.["volume.kubernetes.io/selected-node"]).toBeUndefined();
});
