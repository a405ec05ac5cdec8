import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type ClusterUnderTest, onReal, REAL_KUBECONFIG, REAL_VERSIONS } from "./cluster-under-test.ts";
import { kubectl } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";
import { commandsIn, programs, type } from "./runbook.ts";

const KEYS = 60;
const PUT = `i=0; while [ $i -lt ${KEYS} ]; do etcdctl put /restored/key-$i "value $i" >/dev/null; i=$((i+1)); done`;

/** On the lab with each image: snapshot-restore.test.ts. */
describe.runIf(REAL_KUBECONFIG !== undefined)("a cluster on a real Kubernetes that has lost quorum for good", () => {
	// one version is enough here; QUORATE_TEST_ETCD_VERSIONS names another
	it.each(REAL_VERSIONS.slice(-1))(
		"has every key again once the runbook was followed, word for word (etcd %s)",
		async (version) => {
			const cluster = await onReal({ image: `etcd:${version}` });
			onTestFinished(() => cluster.destroy());
			const folder = await mkdtemp(join(tmpdir(), "quorate-runbook-"));
			onTestFinished(() => rm(folder, { recursive: true, force: true }));
			await programs(folder);
			const inNamespace = ["-n", cluster.namespace];
			const ask = (...args: string[]) => quorate(cluster.kubeconfig, [...args, ...inNamespace], { cwd: folder });
			const json = async (...args: string[]) => {
				const { code, stdout, stderr } = await ask(...args, "-o", "json");
				// a status that says that the cluster is lost exits with 1
				if (args[0] !== "status") expect(code, stderr).toBe(0);
				return JSON.parse(stdout);
			};

			await inPod(cluster, 0, PUT);
			await json("snapshot", "save", "before.db");
			await inPod(cluster, 0, "etcdctl put /restored/after-the-snapshot yes");
			const before = await everything(cluster, 1);
			for (const ordinal of [1, 2]) await inPod(cluster, ordinal, "rm -rf /bitnami/etcd/data; kill 1");
			const lost = { timeout: 60_000, interval: 1000 };
			await expect.poll(async () => (await json("status")).etcd.trouble !== undefined, lost).toBe(true);

			const runbook = async (file: string) =>
				commandsIn(
					(await ask("snapshot", "restore", file, "sts/mayastor-etcd", "--runbook", "--shell-image", `etcd:${version}`))
						.stdout,
				);
			const [save = ""] = await runbook("before.db");
			expect(save).toMatch(/^quorate snapshot save mayastor-etcd-0-last.db /);
			await type(save, folder, cluster.kubeconfig);
			const commands = await runbook("mayastor-etcd-0-last.db");
			expect(commands.length).toBeGreaterThan(15);
			for (const command of commands) await type(command, folder, cluster.kubeconfig);

			expect(before).toContain("after-the-snapshot");
			for (const ordinal of [0, 1, 2]) expect(await everything(cluster, ordinal)).toBe(before);
			const { etcd } = await json("status");
			expect(etcd).toMatchObject({ voters: 3, learners: 0, tolerance: 1, alarms: [] });
			expect(await json("validate")).toMatchObject({ equal: true });
		},
	);
});

const inPod = (cluster: ClusterUnderTest, ordinal: number, script: string) =>
	kubectl(cluster.kubeconfig, [
		...["exec", `mayastor-etcd-${ordinal}`, "-n", cluster.namespace, "-c", "etcd", "--"],
		...["sh", "-c", script],
	]);

const everything = (cluster: ClusterUnderTest, ordinal: number) => inPod(cluster, ordinal, 'etcdctl get --prefix ""');
