import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfigMap, PersistentVolume, PersistentVolumeClaim, Secret, Volume } from "kubernetes-types/core/v1";
import { afterEach, beforeEach, expect, test } from "vitest";
import { testPod } from "./testing/pod.ts";
import { containerMounts, MountError, nodePath, setUpVolumes, type VolumeSource } from "./volumes.ts";

let root = "";
beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), "volumes-"));
});
afterEach(() => rm(root, { recursive: true }));

const configMaps: Record<string, ConfigMap> = { cm: { data: { a: "1", b: "2" }, binaryData: { bin: "AAE=" } } };
const secrets: Record<string, Secret> = { s: { data: { key: Buffer.from("hidden").toString("base64") } } };
const claims: Record<string, PersistentVolumeClaim> = {
	bound: { metadata: { namespace: "m" }, spec: { volumeName: "pv" }, status: { phase: "Bound" } },
	local: { metadata: { namespace: "m" }, spec: { volumeName: "local" }, status: { phase: "Bound" } },
	pending: { metadata: { namespace: "m" }, spec: {}, status: { phase: "Pending" } },
};
const volumes: Record<string, PersistentVolume> = {
	pv: { spec: { hostPath: { path: "/var/local/pod-0" } } },
	local: { spec: { local: { path: "/mnt/disk" } } },
};
const source: VolumeSource = {
	podIP: "198.18.1.2",
	hostIP: "198.18.1.1",
	allocatable: {},
	configMap: (name) => configMaps[name],
	secret: (name) => secrets[name],
	claim: (name) => claims[name],
	volume: (name) => volumes[name],
};
const setUp = async (volume: Omit<Volume, "name">, from = source): Promise<string> => {
	const pod = testPod({ volumes: [{ name: "v", ...volume }] }, undefined, { labels: { b: "2", a: '1"' } });
	const paths = await setUpVolumes(pod, { disk: join(root, "disk"), pod: join(root, "pod") }, from);
	return paths.get("v") ?? "";
};
const claim = (claimName: string) => setUp({ persistentVolumeClaim: { claimName } });
const file = (path: string, name: string) => readFile(join(path, name), "utf8");

test("hostPath lies on the node's own disk, and is made where it is missing", async () => {
	for (const type of ["", "DirectoryOrCreate"]) {
		const path = await setUp({ hostPath: { path: `/var/local/x${type}`, type } });
		expect(path).toBe(join(root, "disk/var/local", `x${type}`));
		expect((await stat(path)).isDirectory()).toBe(true);
	}
	const made = await setUp({ hostPath: { path: "/a/file", type: "FileOrCreate" } });
	expect((await stat(made)).isFile()).toBe(true);
});

test.each([
	["Directory", "a directory"],
	["File", "a file"],
	["Socket", "a socket file"],
	["CharDevice", "a character device"],
	["BlockDevice", "a block device"],
])("hostPath of type %s must be there", async (type, what) => {
	const message = `MountVolume.SetUp failed for volume "v" : hostPath type check failed: /none is not ${what}`;
	await expect(setUp({ hostPath: { path: "/none", type } })).rejects.toThrow(message);
});

test("what a hostPath finds must be of its type", async () => {
	await mkdir(join(root, "disk"), { recursive: true });
	await writeFile(join(root, "disk/file"), "");
	await expect(setUp({ hostPath: { path: "/file", type: "DirectoryOrCreate" } })).rejects.toThrow("is not a directory");
	expect(await setUp({ hostPath: { path: "/file", type: "File" } })).toBe(join(root, "disk/file"));
});

test("no path leads off the disk, and the machine's own folders are the machine's", () => {
	expect(nodePath("/disk", "/../../etc/shadow")).toBe("/disk/etc/shadow");
	expect(nodePath("/disk", "/usr/lib/../../x")).toBe("/disk/x");
	expect(nodePath("/disk", "/usr/lib")).toBe("/usr/lib");
	expect(nodePath("/disk", "/usrlocal")).toBe("/disk/usrlocal");
});

test("a claim leads to its volume", async () => {
	expect(await claim("bound")).toBe(join(root, "disk/var/local/pod-0"));
	await expect(claim("local")).rejects.toThrow('volume "local" : path "/mnt/disk" does not exist');
	await mkdir(join(root, "disk/mnt/disk"), { recursive: true });
	expect(await claim("local")).toBe(join(root, "disk/mnt/disk"));
	await expect(claim("none")).rejects.toThrow('persistentvolumeclaim "none" not found');
	await expect(claim("pending")).rejects.toThrow(MountError);
});

test("configMap and secret are files, all keys or those asked for", async () => {
	const all = await setUp({ configMap: { name: "cm" } });
	expect(await readdir(all)).toEqual(["a", "b", "bin"]);
	expect(await readFile(join(all, "bin"))).toEqual(Buffer.from([0, 1]));
	const some = await setUp({ secret: { secretName: "s", items: [{ key: "key", path: "deep/er", mode: 0o400 }] } });
	expect(await file(some, "deep/er")).toBe("hidden");
	expect((await stat(join(some, "deep/er"))).mode & 0o777).toBe(0o400);
});

test.each<[Omit<Volume, "name">, string]>([
	[{ configMap: { name: "none" } }, 'MountVolume.SetUp failed for volume "v" : configmap "none" not found'],
	[{ secret: { secretName: "none" } }, 'secret "none" not found'],
	[{ configMap: { name: "cm", items: [{ key: "z", path: "z" }] } }, "references non-existent config key: z"],
	[{ nfs: { server: "x", path: "/" } }, "no driver"],
])("%j fails in the kubelet's words", async (volume, message) => {
	await expect(setUp(volume)).rejects.toThrow(message);
});

test("what is optional may be missing", async () => {
	expect(await readdir(await setUp({ configMap: { name: "none", optional: true } }))).toEqual([]);
});

test("projected volumes take from several; downward API and token among them", async () => {
	const volume: Omit<Volume, "name"> = {
		projected: {
			sources: [
				{ configMap: { name: "cm", items: [{ key: "a", path: "a" }] } },
				{ downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] } },
				{ serviceAccountToken: { path: "token" } },
			],
		},
	};
	const path = await setUp(volume, { ...source, serviceAccountToken: (account) => `token of ${account}` });
	expect(await file(path, "a")).toBe("1");
	expect(await file(path, "labels")).toBe('a="1\\""\nb="2"');
	expect(await file(path, "token")).toBe("token of default");
});

test("a container's mounts: parts of volumes, made where they are missing", async () => {
	const volume = await setUp({ emptyDir: {} });
	const mounts = await containerMounts(
		{
			name: "etcd",
			volumeMounts: [
				{ name: "v", mountPath: "/data" },
				{ name: "v", mountPath: "/own", subPathExpr: "$(POD)/x", readOnly: true },
				{ name: "v", mountPath: "/up", subPath: "../../up" },
			],
		},
		new Map([["v", volume]]),
		{ POD: "etcd-0" },
	);
	expect(mounts).toEqual([
		{ source: volume, target: "/data", readOnly: false },
		{ source: join(volume, "etcd-0/x"), target: "/own", readOnly: true },
		{ source: join(volume, "up"), target: "/up", readOnly: false },
	]);
	expect((await stat(join(volume, "etcd-0/x"))).isDirectory()).toBe(true);
});
