import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { downLab, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcdAtHand } from "../etcd-at-hand.ts";
import { kubectl } from "../kubectl.ts";
import { quorate } from "../quorate-command.ts";
import { type CaseCluster, type CaseLab, caseLab } from "./case-cluster.ts";

describe.skipIf(!(await etcdAtHand("prestop-remove", "3.5.35")))("a preStop hook that takes the member out", () => {
	let folder: string;
	let lab: CaseLab;
	let etcd: CaseCluster;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-case-"));
		lab = await caseLab(folder);
		etcd = await lab.start("prestop-remove");
	});
	afterAll(async () => {
		await lab?.destroy();
		await rm(folder, { recursive: true, force: true });
	});

	it.each([
		["rollout", "--persist-initial-cluster"],
		["scale", "--replicas", "5", "--persist-initial-cluster"],
	])("is refused before anything is touched: %s", async (...args) => {
		const before = await etcd.state();
		const ran = await etcd.quorate(...args, "--yes", "--snapshot", "none");
		expect(ran.stderr).toMatch(/stop-hooks-known/);
		expect(ran.stderr).toMatch(/member remove \$ID/);
		expect(ran.code).toBe(3);
		expect(await etcd.state()).toEqual(before);
	});

	it("does no harm to a scaling, which restarts no pod that was there", async () => {
		await etcd.etcdctl("put", "a", "b");
		for (const [from, to] of [
			[3, 4],
			[4, 3],
		] as const) {
			const ran = await etcd.quorate("scale", "--replicas", String(to), "--yes", "-o", "json");
			expect(ran.code, ran.stderr).toBe(0);
			expect(JSON.parse(ran.stdout)).toMatchObject({ from, to, proof: { equal: true } });
		}
		expect(await etcd.etcdctl("get", "a", "--print-value-only")).toBe("b\n");
		expect((await etcd.etcdctl("member", "list")).trim().split("\n")).toHaveLength(3);
	});
});

const BITNAMI = `stop-hook-${process.pid}`;

describe.skipIf(!(await etcdAtHand("prestop-remove in Bitnami's chart", "3.5")))(
	"the same hook, as Bitnami's chart has it",
	() => {
		let folder: string;
		let kubeconfig: string;

		beforeAll(async () => {
			folder = await mkdtemp(join(tmpdir(), "quorate-case-"));
			await upLab({ name: BITNAMI, image: "bitnami/etcd:3.5.6-debian-11-r10", stopHook: true, volumes: 20 }, {});
			kubeconfig = await labKubeconfig(BITNAMI);
		});
		afterAll(async () => {
			await downLab(BITNAMI);
			await rm(folder, { recursive: true, force: true });
		});

		const members = async () => {
			const args = ["exec", "-n", "mayastor", "mayastor-etcd-0", "-c", "etcd", "--", "etcdctl", "member", "list"];
			return (await kubectl(kubeconfig, args)).trim().split("\n").sort();
		};

		it("rollout is refused, with the hook and the chart's value", async () => {
			const before = await members();
			const ran = await quorate(kubeconfig, ["rollout", "-n", "mayastor", "--persist-initial-cluster", "--yes"], {
				cwd: folder,
			});
			expect(ran.code).toBe(3);
			expect(ran.stderr).toContain("`/opt/bitnami/scripts/etcd/prestop.sh`");
			expect(ran.stderr).toContain("removeMemberOnContainerTermination=false");
			expect(await members()).toEqual(before);
		});

		it("and does what it is refused for: a pod that ends takes its member out", async () => {
			const [id] = (await members()).find((line) => line.includes("mayastor-etcd-2"))?.split(",") ?? [];
			expect(id).toBeDefined();
			// etcd takes nobody out whose members have been connected for less than five seconds (--strict-reconfig-check)
			await sleep(6000);
			await kubectl(kubeconfig, ["delete", "pod", "mayastor-etcd-2", "-n", "mayastor"]);
			expect((await members()).join("\n")).not.toContain(id);
		});
	},
);
