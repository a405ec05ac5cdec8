import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downLab, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { etcdAtHand } from "../etcd-at-hand.ts";
import { kubectl } from "../kubectl.ts";
import { quorate } from "../quorate-command.ts";

const LAB = `learners-${process.pid}`;
const RESTORED = `learners-restored-${process.pid}`;
const SET = ["sts/mayastor-etcd", "-n", "mayastor"];
const POSSIBLE = await etcdAtHand("learners in a snapshot of etcd 3.5.9", "3.5.9");

/** etcd 3.5.9 does not store promotions where snapshots take the members from (etcd#19557). */
describe.skipIf(!POSSIBLE)("learners in a 3.5.9 snapshot, restored to a lab", () => {
	let kubeconfig: string;
	let folder: string;
	const run = (...args: string[]) => quorate(kubeconfig, args, { cwd: folder });

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-learners-"));
		await upLab({ name: LAB, members: 1, nodes: 4, empty: true, etcdVersion: "3.5.9" }, {});
		kubeconfig = await labKubeconfig(LAB);
		await kubectl(kubeconfig, ["exec", "mayastor-etcd-0", "-n", "mayastor", "--", "etcdctl", "put", "/kept", "1"]);
		const grown = await run("scale", ...SET, "--replicas", "3", "--yes", "--snapshot", "none");
		expect(grown.code, grown.stderr).toBe(0);
		const saved = await run("snapshot", "save", "learners.db", ...SET);
		expect(saved.code, saved.stderr).toBe(0);
	});
	afterAll(async () => {
		await downLab(LAB);
		await rm(folder, { recursive: true, force: true });
	});

	it("starts all three members as voters, and says why it may be wrong about whom the file records as learners", async () => {
		const args = ["snapshot", "restore", "learners.db", "--to", `lab/${RESTORED}`, "-o", "json"];
		const { code, stdout, stderr } = await run(...args);
		expect(code, stderr).toBe(0);
		onTestFinished(() => downLab(RESTORED));
		const [warning = ""] = /The snapshot records .*?out\./s.exec(stderr.replaceAll(/\s+/g, " ")) ?? [];
		const host = (ordinal: number) => `mayastor-etcd-${ordinal}.mayastor-etcd-headless.mayastor.svc.cluster.local`;
		// their names are not stored either
		for (const ordinal of [1, 2]) expect(warning).toContain(host(ordinal));
		expect(warning).toMatch(
			/ as learners\. .*etcd#19557.* 3 of 3 recorded members are started, all as voters; --members 1 /,
		);
		expect(JSON.parse(stdout)).toMatchObject({ kind: "Lab", members: 3 });
		const restored = await labKubeconfig(RESTORED);
		const proof = JSON.parse((await quorate(restored, ["validate", ...SET, "-o", "json"], { cwd: folder })).stdout);
		expect(proof).toMatchObject({ equal: true, keys: 1 });
		expect(proof.members).toHaveLength(3);
		const status = JSON.parse((await quorate(restored, ["status", ...SET, "-o", "json"], { cwd: folder })).stdout);
		expect(status.etcd).toMatchObject({ voters: 3, learners: 0 });
	});
});
