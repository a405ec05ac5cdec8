import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CASE_TARGETS, type CaseCluster, type CaseLab } from "./case-cluster.ts";

const MINUTE = 60_000;

describe.each(CASE_TARGETS)("cases on %s: wrong-node, keep-volumes, two-in-one-folder, released-volume", (_, begin) => {
	let folder: string;
	let lab: CaseLab;
	let cluster: CaseCluster;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-wrong-node-"));
		lab = await begin(folder);
		cluster = await lab.start("wrong-node");
		await cluster.etcdctl("put", "/key", "value");
	}, 3 * MINUTE);
	afterAll(async () => {
		await lab?.destroy();
		await rm(folder, { recursive: true, force: true });
	});

	const scale = (...args: string[]) => cluster.quorate("scale", "sts/etcd", "--yes", "--snapshot", "none", ...args);
	const nodeOfPod = (pod: string) => cluster.kube("get", "pod", pod, "-o", "jsonpath={.spec.nodeName}");
	const nodeOfVolume = (name: string) =>
		cluster.kube(
			"get",
			"pv",
			name,
			"-o",
			"jsonpath={.spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values[0]}",
		);

	it(
		"wrong-node: volumes that are kept get the node that has their data, while it is known",
		async () => {
			const [first, second] = [await nodeOfPod("etcd-1"), await nodeOfPod("etcd-2")];
			expect(await scale("--replicas", "1", "--force", "--keep-volumes")).toMatchObject({ code: 0 });
			expect(await nodeOfVolume("etcd-b")).toBe(first);
			expect(await nodeOfVolume("etcd-c")).toBe(second);
			expect(await cluster.kube("get", "pvc", "-o", "name")).toMatch(/data-etcd-1\n.*data-etcd-2/);
		},
		2 * MINUTE,
	);

	it(
		"keep-volumes: nothing that was kept is touched by a growth",
		async () => {
			const before = await cluster.state();
			const refused = await scale("--replicas", "3", "--volume-path", `${lab.disk}/etcd-{ordinal}`);
			expect(refused.code).toBe(3);
			expect(refused.stderr).toMatch(/claim data-etcd-1 is there already[\s\S]*--discard-volumes/);
			expect(await cluster.state()).toEqual(before);
		},
		2 * MINUTE,
	);

	it(
		"two-in-one-folder: the folder of a running member is not given to a volume, nor emptied through one",
		async () => {
			const node = await nodeOfPod("etcd-0");
			const args = [
				"--replicas",
				"3",
				"--discard-volumes",
				"--volume-node",
				node,
				"--volume-path",
				`${lab.disk}/etcd/{ordinal}`,
			];
			const planned = await cluster.quorate("plan", "sts/etcd", ...args);
			expect(planned.code).toBe(3);
			expect(planned.stdout + planned.stderr).toMatch(/VolumePathTaken|NoNodeForVolume|no node is left/);
		},
		2 * MINUTE,
	);

	it(
		"wrong-node: what is discarded is told, emptied where it is, and the live member loses nothing",
		async () => {
			const node = await nodeOfVolume("etcd-b");
			const args = ["--replicas", "3", "--discard-volumes", "--volume-path", `${lab.disk}/etcd-{ordinal}`];
			const planned = await cluster.quorate("plan", "sts/etcd", ...args, "-o", "json");
			const steps: { description: string }[] = JSON.parse(planned.stdout).steps;
			expect(steps.map(({ description }) => description).join("\n")).toMatch(
				new RegExp(`volume etcd-b: wipe the data in claim data-etcd-\\d \\(folder ${lab.disk}/etcd on ${node}\\)`),
			);
			expect(await scale(...args)).toMatchObject({ code: 0 });
			expect(await cluster.etcdctl("get", "/key", "--print-value-only")).toBe("value\n");
			expect(await cluster.etcdctl("endpoint", "health", "--cluster")).not.toContain("unhealthy");
			expect(await cluster.kube("get", "pv", "-o", "name")).not.toMatch(/etcd-b|etcd-c/);
		},
		3 * MINUTE,
	);

	it(
		"joined, then moved: the loose volume of a new member is bound to its node before its pod is made again",
		async () => {
			const spec = { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], storageClassName: "manual" };
			const claimRef = { namespace: cluster.namespace, name: "data-etcd-3" };
			const hostPath = { path: `${lab.disk}/etcd`, type: "DirectoryOrCreate" };
			const volume = { apiVersion: "v1", kind: "PersistentVolume", metadata: { name: "etcd-d" } };
			await cluster.apply({ ...volume, spec: { ...spec, claimRef, hostPath } });
			expect(await scale("--replicas", "4")).toMatchObject({ code: 0 });
			expect(await nodeOfVolume("etcd-d")).toBe(await nodeOfPod("etcd-3"));
			expect(await scale("--replicas", "3")).toMatchObject({ code: 0 });
			expect(await cluster.kube("get", "pv", "-o", "name")).not.toContain("etcd-d");
		},
		3 * MINUTE,
	);

	it(
		"released-volume: a volume whose claim is gone is refused, not made again on the old data",
		async () => {
			expect(await scale("--replicas", "2", "--keep-volumes")).toMatchObject({ code: 0 });
			await cluster.kube("delete", "pvc", "data-etcd-2");
			const refused = await scale(
				"--replicas",
				"3",
				"--discard-volumes",
				"--volume-path",
				`${lab.disk}/etcd-{ordinal}`,
			);
			expect(refused.code).toBe(3);
			expect(refused.stderr).toMatch(/is Released: .*no pod can mount it/);
		},
		3 * MINUTE,
	);
});
