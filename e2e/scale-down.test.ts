import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { type ClusterUnderTest, onLab, onReal, REAL_KUBECONFIG, REAL_VERSIONS } from "./cluster-under-test.ts";
import { killOn, kubectl } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";
import { startWriteLoad } from "./write-load.ts";

const folder = await mkdtemp(join(tmpdir(), "quorate-e2e-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const targets: [string, () => Promise<ClusterUnderTest>][] = [["the lab", () => onLab({ volumes: 20 })]];
if (REAL_KUBECONFIG)
	// the oldest, which forgives least; going up is tried on each
	for (const version of REAL_VERSIONS.slice(0, 1))
		targets.push([`a real Kubernetes, etcd ${version}`, () => onReal({ image: `etcd:${version}` })]);

const scale = (cluster: ClusterUnderTest, replicas: number) =>
	quorate(
		cluster.kubeconfig,
		["scale", "-n", cluster.namespace, "--replicas", String(replicas), "--yes", "--force", "-o", "json"],
		{ cwd: folder },
	);

/** Names of all that is there of pods, claims, volumes and leases. */
async function objects(cluster: ClusterUnderTest): Promise<string[]> {
	const names = async (...args: string[]) => (await kubectl(cluster.kubeconfig, args)).trim().split("\n");
	return [
		...(await names("get", "pods,pvc,leases", "-n", cluster.namespace, "-o", "name")),
		...(
			await names(
				"get",
				"pv",
				"-o",
				'jsonpath={range .items[*]}{.metadata.name} {.spec.claimRef.namespace}{"\\n"}{end}',
			)
		).filter((line) => line.endsWith(` ${cluster.namespace}`)),
	].sort();
}

/** Why a pod was restarted: its state, and the end of the log of the container before. */
async function lastWords({ kubeconfig, namespace }: ClusterUnderTest): Promise<string> {
	const ask = (...args: string[]) => kubectl(kubeconfig, [...args, "-n", namespace]).catch((error) => String(error));
	const pods = (await ask("get", "pods", "-o", "name")).trim().split("\n");
	const logs = await Promise.all(pods.map((pod) => ask("logs", pod, "--previous", "--tail=15")));
	return [await ask("describe", "pods"), await ask("get", "events"), ...logs].join("\n");
}

async function annotations(cluster: ClusterUnderTest): Promise<string> {
	const args = ["get", "sts", "mayastor-etcd", "-n", cluster.namespace, "-o", "jsonpath={.metadata.annotations}"];
	return kubectl(cluster.kubeconfig, args);
}

describe.each(targets)("up and down on %s", (_name, make) => {
	it("goes 3 → 5 → 3 → 1 → 3, each time with all keys, and leaves nothing of those that left", async () => {
		const cluster = await make();
		const load = startWriteLoad(cluster.dial);
		onTestFinished(() => load.stop().then(() => {}));
		try {
			const atFirst = await objects(cluster);
			for (const [from, to] of [
				[3, 5],
				[5, 3],
			] as const) {
				const ran = await scale(cluster, to);
				expect(ran.code, ran.stderr).toBe(0);
				const result = JSON.parse(ran.stdout);
				expect(result, result.restarts ? await lastWords(cluster) : "").toMatchObject({
					from,
					to,
					restarts: 0,
					proof: { equal: true },
				});
			}
			await load.stop();
			expect(await load.lost()).toEqual([]);
			expect(await objects(cluster)).toEqual(atFirst);
			for (const [from, to] of [
				[3, 1],
				[1, 3],
			] as const) {
				const ran = await scale(cluster, to);
				expect(ran.code, ran.stderr).toBe(0);
				expect(JSON.parse(ran.stdout)).toMatchObject({ from, to, restarts: 0, proof: { equal: true } });
			}
			expect(await load.lost()).toEqual([]);
			expect(await objects(cluster)).toEqual(atFirst);
			expect(await annotations(cluster)).not.toContain("quorate.io");
		} finally {
			await cluster.destroy();
		}
	});

	it("takes a growth back that was killed anywhere", async () => {
		const cluster = await make();
		try {
			const atFirst = await objects(cluster);
			// a volume, a template, a learner, its pod, a voter, a second learner
			for (const done of [2, 3, 4, 5, 8, 12]) {
				const killed = await quorate(
					cluster.kubeconfig,
					["scale", "-n", cluster.namespace, "--replicas", "5", "--yes", "-o", "json"],
					{ cwd: folder, ...killOn(new RegExp(`^√ *${done}/`, "m")), env: { LC_ALL: "C.UTF-8" } },
				);
				expect(killed.signal, killed.stderr).toBe("SIGKILL");
				const back = await quorate(cluster.kubeconfig, ["abort", "-n", cluster.namespace, "--yes", "-o", "json"], {
					cwd: folder,
				});
				expect(back.code, back.stderr).toBe(0);
				expect((await objects(cluster)).filter((name) => !name.startsWith("lease"))).toEqual(atFirst);
				expect(await annotations(cluster)).not.toContain("quorate.io");
			}
		} finally {
			await cluster.destroy();
		}
	});
});
