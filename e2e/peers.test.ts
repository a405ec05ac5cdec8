import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AccidentCluster, IMAGES, pod, until } from "./accident-cluster.ts";
import { etcdAtHand } from "./etcd-at-hand.ts";
import { killOn } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";

/**
 * What was reported to others, each under its issue, done with Quorate. accidents.test.ts shows what comes of it by the
 * ways that those had who reported it.
 */

const OLD = await etcdAtHand("what was reported to others", "3.5");
let cluster: AccidentCluster;
let folder: string;

const scale = (replicas: number, settings: Parameters<typeof quorate>[2] = {}) =>
	quorate(
		cluster.kubeconfig,
		["scale", "-n", "mayastor", "--replicas", String(replicas), "--yes", "--force", "-o", "json"],
		{ cwd: folder, env: { LC_ALL: "C.UTF-8" }, ...settings },
	);

/** Scales, and sees that it ended well. */
async function scaled(to: number): Promise<void> {
	const { code, stdout, stderr } = await scale(to);
	expect(code, stderr).toBe(0);
	const result = JSON.parse(stdout);
	expect(result).toMatchObject({ to, restarts: 0, proof: { equal: true } });
	expect(result.proof.members).toHaveLength(to);
}

/** Members by their names, with their ids. */
const ids = async () => Object.fromEntries((await cluster.members()).map(({ name, id }) => [name, id]));

const keys = async (ordinal: number) =>
	Number(await cluster.inPod(ordinal, "etcdctl get --prefix / --keys-only | grep -c /"));

describe.skipIf(!OLD)("one member of Bitnami's image that grows and shrinks", () => {
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-peers-"));
		cluster = await AccidentCluster.up(IMAGES.old, 1);
	});
	afterAll(async () => {
		await cluster?.down();
		await rm(folder, { recursive: true, force: true });
	});

	it("openebs/mayastor#1659, #1732, bitnami/charts#14393, #7784: of one become three, and each has every key", async () => {
		const before = await keys(0);
		await scaled(3);
		expect(Object.keys(await ids()).sort()).toEqual([0, 1, 2].map(pod));
		for (const ordinal of [0, 1, 2]) expect(await keys(ordinal)).toBeGreaterThanOrEqual(before);
	});

	it("bitnami/charts#9511: of three become five, by the same command", () => scaled(5));

	it("bitnami/charts#12832, #16069: a pod that is deleted or drained comes back as the member that it was", async () => {
		const before = await ids();
		await cluster.kubectl("delete", "pod", pod(4));
		await until("the pod is Ready again", () => cluster.isReady(4));
		expect(await ids()).toEqual(before);
		const node = await cluster.kubectl("get", "pod", pod(4), "-o", "jsonpath={.spec.nodeName}");
		await cluster.kubectl("drain", node, "--ignore-daemonsets", "--timeout=60s");
		expect(await ids()).toEqual(before);
		const refused = await scale(3);
		expect([refused.code, JSON.parse(refused.stderr.trim().split("\n").at(-1) ?? "").code]).toEqual([3, "Refused"]);
		await cluster.kubectl("uncordon", node);
		await until("the pod is Ready on its node", () => cluster.isReady(4));
		expect(await ids()).toEqual(before);
	});

	it("etcd-io/etcd-operator#193: a pod that is away for a moment shrinks nothing", async () => {
		const before = await ids();
		await cluster.freeze(4, true);
		const ran = await scale(5);
		await cluster.freeze(4, false);
		expect(ran.code).toBe(3);
		await until("all answer again", async () => (await scale(5)).code === 0);
		expect(await ids()).toEqual(before);
	});

	it("bitnami/charts#31527, etcd-io/etcd#14805: of five become three, one, and three again, without a stale log", async () => {
		for (const size of [3, 1, 3]) await scaled(size);
		expect(await keys(2)).toBe(await keys(0));
	});

	it("gardener/etcd-backup-restore#646: every pod restarted in the middle of growing, quorum is there again, and it goes on", async () => {
		const killed = await scale(5, killOn(/^√ *4\//m));
		expect(killed.signal, killed.stderr).toBe("SIGKILL");
		await cluster.kubectl("delete", "pod", "-l", "app=etcd", "--wait=false");
		await until("two of three answer", async () => (await cluster.members()).length === 4);
		await until("the first three are Ready", async () =>
			(await Promise.all([0, 1, 2].map((ordinal) => cluster.isReady(ordinal)))).every(Boolean),
		);
		const { code, stdout, stderr } = await scale(5);
		expect(code, stderr).toBe(0);
		expect(JSON.parse(stdout)).toMatchObject({ to: 5, proof: { equal: true } });
	});

	it("openebs/mayastor#1318: a member whose node is lost with its disk is taken out, and its volume kept", async () => {
		const before = await ids();
		await cluster.wipeNode(await cluster.kubectl("get", "pod", pod(4), "-o", "jsonpath={.spec.nodeName}"));
		await until("the way out is printed", async () => {
			const { code, stderr } = await scale(5);
			return code === 3 && stderr.includes(`quorate scale sts/mayastor-etcd -n mayastor --replicas 4`);
		});
		const kept = await quorate(cluster.kubeconfig, [
			...["scale", "-n", "mayastor", "--replicas", "4", "--yes", "--force", "--keep-volumes", "-o", "json"],
			...["--snapshot", join(folder, "kept.db")],
		]);
		expect(kept.code, kept.stderr).toBe(0);
		const after = await ids();
		expect(Object.keys(after)).toHaveLength(4);
		for (const name of Object.keys(after)) {
			expect(after[name]).toBe(before[name]);
		}
	});
});
