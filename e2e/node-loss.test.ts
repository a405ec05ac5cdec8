import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import {
	type ClusterUnderTest,
	onLab,
	onReal,
	REAL_KUBECONFIG,
	REAL_VERSIONS,
	realPower,
} from "./cluster-under-test.ts";
import { kubectl } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";
import { startWriteLoad } from "./write-load.ts";

const folder = await mkdtemp(join(tmpdir(), "quorate-e2e-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const targets: [string, () => Promise<ClusterUnderTest>][] = [["the lab", () => onLab({ volumes: 20 })]];
if (REAL_KUBECONFIG && realPower)
	for (const version of REAL_VERSIONS.slice(-1))
		targets.push([`a real Kubernetes, etcd ${version}`, () => onReal({ image: `etcd:${version}` })]);

const nodeOf = (cluster: ClusterUnderTest, pod: string) =>
	kubectl(cluster.kubeconfig, ["get", "pod", pod, "-n", cluster.namespace, "-o", "jsonpath={.spec.nodeName}"]);

describe.each(targets)("a node that is lost while %s is scaled", (_name, make) => {
	it("is waited for, and the scaling goes on once it is back; nothing that was written is lost", async () => {
		const cluster = await make();
		onTestFinished(() => cluster.destroy());
		const load = startWriteLoad(cluster.dial);
		onTestFinished(() => load.stop().then(() => {}));
		const node = await nodeOf(cluster, "mayastor-etcd-1");
		let off: Promise<unknown> | undefined;
		let on: Promise<unknown> | undefined;
		onTestFinished(async () => {
			if (off && !on) await off.then(() => cluster.power?.(node, "on"));
		});
		const ran = await quorate(
			cluster.kubeconfig,
			["scale", "-n", cluster.namespace, "--replicas", "5", "--yes", "-o", "json"],
			{
				cwd: folder,
				env: { LC_ALL: "C.UTF-8" },
				onPrint: (printed) => {
					// a learner was added, and its pod is on its way
					if (/^√ *4\//m.test(printed)) off ??= cluster.power?.(node, "off");
					if (off && /mayastor-etcd-1/.test(printed.split(/^√ *4\//m)[1] ?? ""))
						on ??= off.then(() => cluster.power?.(node, "on"));
				},
			},
		);
		expect(off, ran.stderr).toBeDefined();
		await on;
		expect(ran.code, ran.stderr).toBe(0);
		expect(JSON.parse(ran.stdout)).toMatchObject({ from: 3, to: 5, proof: { equal: true } });
		await load.stop();
		expect(await load.lost()).toEqual([]);
	});
});
