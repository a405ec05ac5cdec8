import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { type ClusterUnderTest, onLab, onReal, REAL_KUBECONFIG, REAL_VERSIONS } from "./cluster-under-test.ts";
import { kubectl } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";
import { startWriteLoad } from "./write-load.ts";

const folder = await mkdtemp(join(tmpdir(), "quorate-e2e-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const targets: [string, () => Promise<ClusterUnderTest>][] = [["the lab", () => onLab({ volumes: 200 })]];
if (REAL_KUBECONFIG)
	for (const version of REAL_VERSIONS)
		targets.push([`a real Kubernetes, etcd ${version}`, () => onReal({ image: `etcd:${version}` })]);

/** What must be at the end as it was at the beginning. */
async function shape(cluster: ClusterUnderTest) {
	const object = JSON.parse(
		await kubectl(cluster.kubeconfig, ["get", "sts", "mayastor-etcd", "-n", cluster.namespace, "-o", "json"]),
	);
	return {
		template: object.spec.template,
		strategy: object.spec.updateStrategy,
		annotations: Object.keys(object.metadata.annotations ?? {}),
		revisions: [object.status.currentRevision, object.status.updateRevision],
	};
}

async function pods(cluster: ClusterUnderTest): Promise<[string, string, number, boolean][]> {
	const list = JSON.parse(
		await kubectl(cluster.kubeconfig, ["get", "pods", "-n", cluster.namespace, "-l", "app=etcd", "-o", "json"]),
	);
	return list.items.map(
		(pod: {
			metadata: { name: string; uid: string };
			status: { containerStatuses: { restartCount: number; ready: boolean }[] };
		}) => [
			pod.metadata.name,
			pod.metadata.uid,
			pod.status.containerStatuses[0]?.restartCount ?? -1,
			pod.status.containerStatuses[0]?.ready ?? false,
		],
	);
}

describe.each(targets)("scale 3 to 5 on %s", (name, make) => {
	it("loses no key and no write, restarts nobody, and leaves the StatefulSet as it was", async () => {
		const cluster = await make();
		try {
			const before = await shape(cluster);
			const podsBefore = await pods(cluster);
			const load = startWriteLoad(cluster.dial);
			onTestFinished(() => load.stop().then(() => {}));
			const snapshot = join(folder, `${name.replaceAll(/\W+/g, "-")}.db`);
			const args = [
				"scale",
				"sts/mayastor-etcd",
				"-n",
				cluster.namespace,
				"--replicas",
				"5",
				"--yes",
				"--snapshot",
				snapshot,
				"-o",
				"json",
			];
			const ran = await quorate(cluster.kubeconfig, args);
			const writes = await load.stop();
			expect(ran.stderr + ran.stdout, "what it said").toContain('"kind": "ScaleResult"');
			expect(ran.code, ran.stderr).toBe(0);
			expect(JSON.parse(ran.stdout)).toMatchObject({
				kind: "ScaleResult",
				from: 3,
				to: 5,
				restarts: 0,
				proof: { equal: true },
			});
			expect(writes).toMatchObject({ failed: 0, failures: [] });
			expect(writes.sent).toBeGreaterThan(100);
			expect(await load.lost()).toEqual([]);
			const after = await shape(cluster);
			expect(after).toEqual(before);
			expect(after.revisions[0]).toBe(after.revisions[1]);
			const podsAfter = await pods(cluster);
			expect(podsAfter.slice(0, 3)).toEqual(podsBefore);
			expect(podsAfter.map(([, , , ready]) => ready)).toEqual(Array(5).fill(true));
			expect(await kubectl(cluster.kubeconfig, ["get", "leases", "-n", cluster.namespace, "-o", "name"])).toBe("");
		} finally {
			await cluster.destroy();
		}
	});

	// on one real version: minutes each, and what is killed is the tool, not etcd
	it.runIf(targets.findIndex(([one]) => one === name) < 2)(
		"is finished by the same command, however often the run is killed",
		async () => {
			const cluster = await make();
			try {
				const args = ["scale", "-n", cluster.namespace, "--replicas", "5", "--yes", "-o", "json"];
				let ran = await quorate(cluster.kubeconfig, args, { cwd: folder, killAfter: 500 });
				let kills = 0;
				for (; ran.signal === "SIGKILL" && kills < 12; kills++)
					ran = await quorate(cluster.kubeconfig, args, { cwd: folder, killAfter: 700 + kills * 300 });
				if (ran.signal === "SIGKILL") ran = await quorate(cluster.kubeconfig, args, { cwd: folder });
				expect(kills).toBeGreaterThan(0);
				expect(ran.code, ran.stderr).toBe(0);
				const validated = await quorate(cluster.kubeconfig, ["validate", "-n", cluster.namespace, "-o", "json"]);
				expect(JSON.parse(validated.stdout)).toMatchObject({ kind: "Proof", equal: true });
				expect((await shape(cluster)).annotations).not.toContain("quorate.io/scaling");
			} finally {
				await cluster.destroy();
			}
		},
	);
});
