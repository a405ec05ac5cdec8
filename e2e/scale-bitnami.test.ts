import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dialLab, downLab, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { IMAGES } from "./accident-cluster.ts";
import { etcdAtHand } from "./etcd-at-hand.ts";
import { killOn, kubectl } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";
import { startWriteLoad } from "./write-load.ts";

const folder = await mkdtemp(join(tmpdir(), "quorate-bitnami-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The scripts would add each member themselves, as a voter: none of them may get to it. */
const ADDS_ITSELF = /Adding new member to existing cluster|Removing data|Removing member|Updating member/;

it.skipIf(!(await etcdAtHand("scaling Bitnami's images", "3.5", "3.6"))).each(Object.entries(IMAGES))(
	"scales 3 to 5 under the %s scripts without a failed write",
	async (generation, image) => {
		const name = `bitnami-${generation}-${process.pid}`;
		await upLab({ name, image, volumes: 50 }, {});
		try {
			const kubeconfig = await labKubeconfig(name);
			const load = startWriteLoad(() => dialLab(name, "mayastor-etcd.mayastor.svc.cluster.local", 2379));
			onTestFinished(() => load.stop().then(() => {}));
			const snapshot = join(folder, `${generation}.db`);
			const args = ["scale", "-n", "mayastor", "--replicas", "5", "--yes", "--snapshot", snapshot, "-o", "json"];
			const ran = await quorate(kubeconfig, args);
			const writes = await load.stop();
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
			const pods = await kubectl(kubeconfig, ["get", "pods", "-n", "mayastor", "-l", "app=etcd", "--no-headers"]);
			const seen = pods
				.trim()
				.split("\n")
				.map((line) => line.split(/\s+/).slice(0, 4));
			expect(seen).toEqual([0, 1, 2, 3, 4].map((ordinal) => [`mayastor-etcd-${ordinal}`, "1/1", "Running", "0"]));
			for (const ordinal of [3, 4]) {
				const log = await kubectl(kubeconfig, ["logs", `mayastor-etcd-${ordinal}`, "-n", "mayastor", "-c", "etcd"]);
				expect(log).toContain("Detected data from previous deployments");
				expect(log).not.toMatch(ADDS_ITSELF);
			}
		} finally {
			await downLab(name);
		}
	},
);

it.skipIf(!(await etcdAtHand("scaling Bitnami's images", "3.5", "3.6"))).each(Object.entries(IMAGES))(
	"goes down to one under the %s scripts, though the other adds itself again, and back to one",
	async (generation, image) => {
		const name = `bitnami-one-${generation}-${process.pid}`;
		await upLab({ name, image, members: 2, volumes: 50 }, {});
		onTestFinished(() => downLab(name));
		const kubeconfig = await labKubeconfig(name);
		const load = startWriteLoad(() => dialLab(name, "mayastor-etcd.mayastor.svc.cluster.local", 2379));
		onTestFinished(() => load.stop().then(() => {}));
		const run = (args: string[], settings = {}) =>
			quorate(kubeconfig, [...args, "-n", "mayastor", "--yes", "-o", "json"], { cwd: folder, ...settings });
		const members = async () => {
			const list = ["exec", "mayastor-etcd-0", "-n", "mayastor", "-c", "etcd", "--", "etcdctl", "member", "list"];
			return (await kubectl(kubeconfig, list)).trim().split("\n");
		};

		const down = ["scale", "--replicas", "1", "--force"];
		const killed = await run(down, killOn(/^√ *\d+\/\d+ StatefulSet: noted/m));
		expect(killed.signal, killed.stderr).toBe("SIGKILL");
		// as far as a run comes that is killed between its two requests
		const [id = ""] = (await members()).find((line) => line.includes("mayastor-etcd-1"))?.split(",") ?? [];
		const remove = ["exec", "mayastor-etcd-0", "-n", "mayastor", "-c", "etcd", "--", "etcdctl", "member", "remove", id];
		// etcd changes its members only when they have been connected for 5 s
		await expect
			.poll(() => kubectl(kubeconfig, remove).catch(() => "refused"), { timeout: 20_000 })
			.toContain("removed");
		// while one that adds itself again is not up yet, there is no quorum
		let ran = await run(down);
		for (let again = 0; again < 10 && ran.code === 3; again++) ran = await run(down);
		expect(ran.code, ran.stderr).toBe(0);
		expect(JSON.parse(ran.stdout)).toMatchObject({ to: 1, restarts: 0, proof: { equal: true } });
		expect(await members()).toHaveLength(1);

		const growing = await run(["scale", "--replicas", "3"], killOn(/^√ *\d+\/\d+ member \S+: becomes a voter/m));
		expect(growing.signal, growing.stderr).toBe("SIGKILL");
		expect(await members()).toHaveLength(2);
		const back = await run(["abort"]);
		expect(back.code, back.stderr).toBe(0);
		expect(await members()).toHaveLength(1);
		await load.stop();
		expect(await load.lost()).toEqual([]);
	},
);
