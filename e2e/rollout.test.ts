import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { bindAsPrinted } from "./bind-volumes.ts";
import { type ClusterUnderTest, onLab, onReal, REAL_KUBECONFIG, REAL_VERSIONS } from "./cluster-under-test.ts";
import { killOn, kubectl } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";
import { startWriteLoad } from "./write-load.ts";

const folder = await mkdtemp(join(tmpdir(), "quorate-e2e-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const targets: [string, () => Promise<ClusterUnderTest>][] = [["the lab", () => onLab({ volumes: 20 })]];
if (REAL_KUBECONFIG)
	for (const version of REAL_VERSIONS.slice(-1))
		targets.push([`a real Kubernetes, etcd ${version}`, () => onReal({ image: `etcd:${version}` })]);

const SET = "mayastor-etcd";

async function state(cluster: ClusterUnderTest) {
	const get = (...args: string[]) => kubectl(cluster.kubeconfig, ["get", ...args, "-n", cluster.namespace]);
	const { metadata, spec, status } = JSON.parse(await get("sts", SET, "-o", "json"));
	const pods = JSON.parse(await get("pods", "-l", "app=etcd", "-o", "json")).items as {
		metadata: { name: string; uid: string; labels: Record<string, string>; annotations?: Record<string, string> };
	}[];
	return {
		annotations: Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith("quorate.io")),
		strategy: spec.updateStrategy,
		settled: status.currentRevision === status.updateRevision,
		environment: Object.fromEntries(
			spec.template.spec.containers[0].env.map(({ name, value }: { name: string; value?: string }) => [name, value]),
		) as Record<string, string | undefined>,
		pods: pods.map(({ metadata: { name, uid, annotations } }) => ({ name, uid, look: annotations?.["test/look"] })),
	};
}

/** Someone changes the template; its controller is not to act on it by itself. */
async function changeTemplate(cluster: ClusterUnderTest, look: string, updateStrategy: object): Promise<void> {
	const patch = { spec: { updateStrategy, template: { metadata: { annotations: { "test/look": look } } } } };
	await kubectl(cluster.kubeconfig, ["patch", "sts", SET, "-n", cluster.namespace, "-p", JSON.stringify(patch)]);
}

const rollout = (cluster: ClusterUnderTest, flags: readonly string[], settings: Parameters<typeof quorate>[2] = {}) =>
	quorate(cluster.kubeconfig, ["rollout", "-n", cluster.namespace, "--yes", "-o", "json", ...flags], {
		cwd: folder,
		env: { LC_ALL: "C.UTF-8" },
		...settings,
	});

/** Does what the refusal says: volumes of the guide are bound to no node. */
async function bindVolumes(cluster: ClusterUnderTest, flags: readonly string[]): Promise<void> {
	const refused = await rollout(cluster, flags);
	expect(refused.code, refused.stderr).toBe(3);
	await bindAsPrinted(cluster.kubeconfig, refused.stderr);
}

describe.each(targets)("rolling out on %s", (name, make) => {
	it("restarts a pod at a time, names all members where that is wanted, and loses no write", async () => {
		const cluster = await make();
		onTestFinished(() => cluster.destroy());
		const load = startWriteLoad(cluster.dial);
		onTestFinished(() => load.stop().then(() => {}));
		const grown = await quorate(
			cluster.kubeconfig,
			["scale", "-n", cluster.namespace, "--replicas", "4", "--yes", "-o", "json"],
			{ cwd: folder },
		);
		expect(grown.code, grown.stderr).toBe(0);

		const before = await state(cluster);
		await bindVolumes(cluster, ["--persist-initial-cluster"]);
		const persisted = await rollout(cluster, ["--persist-initial-cluster"]);
		expect(persisted.code, persisted.stderr).toBe(0);
		expect(JSON.parse(persisted.stdout)).toMatchObject({ from: 4, to: 4, restarts: 4, proof: { equal: true } });
		const named = await state(cluster);
		expect(named.environment.ETCD_INITIAL_CLUSTER_STATE).toBe("existing");
		expect(named.environment.ETCD_INITIAL_CLUSTER?.split(",").map((one) => one.split("=")[0])).toEqual(
			[0, 1, 2, 3].map((ordinal) => `${SET}-${ordinal}`),
		);
		expect(named).toMatchObject({ annotations: [], strategy: before.strategy, settled: true });
		expect(named.pods.filter(({ uid }) => before.pods.some((pod) => pod.uid === uid))).toEqual([]);

		const again = await rollout(cluster, ["--persist-initial-cluster"]);
		expect(again.code, again.stderr).toBe(0);
		expect(await state(cluster)).toEqual(named);

		await changeTemplate(cluster, "new", { type: "OnDelete", rollingUpdate: null });
		const looked = await rollout(cluster, ["--dry-run"]);
		expect(JSON.parse(looked.stdout)).toMatchObject({ kind: "Plan", restarts: { presentPods: 4, newPods: 0 } });
		const killed = await rollout(cluster, [], killOn(/^√ *3\//m));
		expect(killed.signal, killed.stderr).toBe("SIGKILL");
		const finished = await rollout(cluster, []);
		expect(finished.code, finished.stderr).toBe(0);
		const rolled = await state(cluster);
		expect(rolled.pods.map(({ look }) => look)).toEqual(Array(4).fill("new"));
		expect(rolled.annotations).toEqual([]);

		await load.stop();
		expect(await load.lost()).toEqual([]);
	});

	it("takes back that members were named, with the pods that have it already", async () => {
		const cluster = await make();
		onTestFinished(() => cluster.destroy());
		await bindVolumes(cluster, ["--persist-initial-cluster"]);
		const before = await state(cluster);
		const killed = await rollout(cluster, ["--persist-initial-cluster"], killOn(/^√ *3\//m));
		expect(killed.signal, killed.stderr).toBe("SIGKILL");
		const status = await quorate(cluster.kubeconfig, ["status", "-n", cluster.namespace]);
		expect(status.stdout).toContain(`quorate rollout sts/${SET} -n ${cluster.namespace} --persist-initial-cluster`);
		const back = await quorate(cluster.kubeconfig, ["abort", "-n", cluster.namespace, "--yes", "-o", "json"]);
		expect(back.code, back.stderr).toBe(0);
		const { pods, ...after } = await state(cluster);
		const { pods: were, ...asBefore } = before;
		expect(after).toEqual(asBefore);
		// nobody else was restarted
		expect(pods.map(({ uid }) => uid).slice(0, 2)).toEqual(were.map(({ uid }) => uid).slice(0, 2));
	});

	// the first one is killed, too
	it.runIf(name === "the lab")("goes on where it was killed, whoever is the leader", async () => {
		const cluster = await make();
		onTestFinished(() => cluster.destroy());
		await changeTemplate(cluster, "newer", { type: "RollingUpdate", rollingUpdate: { partition: 3 } });
		await bindVolumes(cluster, []);
		for (const done of [1, 2, 3]) {
			const killed = await rollout(cluster, [], killOn(new RegExp(`^√ *${done}/`, "m")));
			expect(killed.signal ?? killed.code, killed.stderr).toSatisfy((end) => end === "SIGKILL" || end === 0);
		}
		const finished = await rollout(cluster, []);
		expect(finished.code, finished.stderr).toBe(0);
		const rolled = await state(cluster);
		expect(rolled.pods.map(({ look }) => look)).toEqual(Array(3).fill("newer"));
		expect(rolled).toMatchObject({
			annotations: [],
			settled: true,
			strategy: { type: "RollingUpdate", rollingUpdate: { partition: 3 } },
		});
	});
});
