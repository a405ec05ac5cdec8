import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcdAtHand } from "../etcd-at-hand.ts";
import { kubectl } from "../kubectl.ts";
import { type CaseCluster, type CaseLab, caseLab } from "./case-cluster.ts";

const MINUTE = 60_000;

describe.skipIf(!(await etcdAtHand("local-static", "3.5.35")))("local volumes, and nodes with other labels", () => {
	let folder: string;
	let lab: CaseLab;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-case-"));
		lab = await caseLab(folder);
	}, 2 * MINUTE);
	afterAll(async () => {
		await lab?.destroy();
		await rm(folder, { recursive: true, force: true });
	});

	const cluster = (...args: string[]) => kubectl(lab.kubeconfig, args);
	const volumes = async (phase: string) => {
		const path = `jsonpath={range .items[?(@.status.phase=="${phase}")]}{.metadata.name} {end}`;
		return (await cluster("get", "pv", "-o", path))
			.trim()
			.split(" ")
			.filter((name) => name.startsWith("local-pv"));
	};

	describe("local-static (charts#5360): free volumes of a program that finds disks", () => {
		let etcd: CaseCluster;
		beforeAll(async () => {
			await cluster("create", "namespace", "local-static");
			await cluster("apply", "-f", new URL("local-static-folders.yaml", import.meta.url).pathname);
			await cluster("wait", "pod", "-n", "local-static", "--all", "--for=jsonpath={.status.phase}=Succeeded");
			await cluster("delete", "pod", "-n", "local-static", "--all");
			etcd = await lab.start("local-static");
			await etcd.etcdctl("put", "/key", "value");
		}, 2 * MINUTE);

		it(
			"the plan makes no volume, and a growth takes the free ones",
			async () => {
				const free = await volumes("Available");
				expect(free).toHaveLength(3);
				const planned = await etcd.quorate("plan", "--replicas", "5", "-o", "json");
				expect(planned.code, planned.stderr).toBe(0);
				expect(planned.stdout).not.toContain("create-volume");
				const all = await cluster("get", "pv", "-o", "name");
				const grown = await etcd.quorate("scale", "--replicas", "5", "--yes", "--snapshot", "none");
				expect(grown.code, grown.stderr).toBe(0);
				expect(await cluster("get", "pv", "-o", "name")).toBe(all);
				expect((await volumes("Bound")).length).toBe(5);
			},
			3 * MINUTE,
		);

		it(
			"an interrupted growth is taken back, and leaves the volume that it took to the program",
			async () => {
				const killed = await etcd.quorateUntil(
					/^√ +\d+\/\d+ .*replicas 6/m,
					"scale",
					"--replicas",
					"6",
					"--yes",
					"--force",
				);
				expect(killed.signal, killed.stdout + killed.stderr).toBe("SIGKILL");
				const back = await etcd.quorate("abort", "--yes");
				expect(back.code, back.stdout + back.stderr).toBe(0);
				expect(await etcd.kube("get", "pods,pvc", "-o", "name")).not.toContain("etcd-5");
				expect(await etcd.etcdctl("get", "/key", "--print-value-only")).toBe("value\n");
				const { members } = JSON.parse(await etcd.etcdctl("member", "list", "-w", "json"));
				expect(members).toHaveLength(5);
			},
			3 * MINUTE,
		);
	});

	it(
		"hostname-label: the pod that empties a volume runs on a node whose label is not its name",
		async () => {
			for (const number of [0, 1, 2, 3, 4, 5])
				await cluster("label", "node", `worker-${number}`, `kubernetes.io/hostname=ip-10-0-0-${number}`, "--overwrite");
			const etcd = await lab.startAs("hostname-label", "wrong-node");
			await etcd.etcdctl("put", "/key", "value");
			const shrunk = await etcd.quorate("scale", "--replicas", "2", "--yes", "--snapshot", "none", "-o", "json");
			expect(shrunk.code, shrunk.stderr).toBe(0);
			const kinds = JSON.parse(shrunk.stdout).steps.map(({ kind }: { kind: string }) => kind);
			expect(kinds).toEqual(expect.arrayContaining(["look-into-volume", "empty-volume", "delete-volume"]));
			expect(await etcd.kube("get", "pods,pvc", "-o", "name")).not.toMatch(/etcd-2|quorate/);
			expect(await etcd.etcdctl("get", "/key", "--print-value-only")).toBe("value\n");
		},
		3 * MINUTE,
	);
});
