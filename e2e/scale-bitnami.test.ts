import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dialLab, downLab, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { IMAGES } from "./accident-cluster.ts";
import { etcdAtHand } from "./etcd-at-hand.ts";
import { kubectl } from "./kubectl.ts";
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
			expect(ran.stderr).not.toContain("error:");
			expect(ran.code).toBe(0);
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
