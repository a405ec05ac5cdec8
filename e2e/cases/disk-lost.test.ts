import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcdAtHand } from "../etcd-at-hand.ts";
import { kubectl } from "../kubectl.ts";
import { CASE_TARGETS, type CaseCluster, type CaseLab } from "./case-cluster.ts";

const MINUTE = 60_000;

describe.skipIf(!(await etcdAtHand("lost disks", "3.5.35"))).each(CASE_TARGETS)("lost disks on %s", (_, begin) => {
	let folder: string;
	let lab: CaseLab;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-case-"));
		lab = await begin(folder);
	}, 2 * MINUTE);
	afterAll(async () => {
		await lab?.destroy();
		await rm(folder, { recursive: true, force: true });
	});

	/** The data of a pod goes, and its container begins again. */
	const lose = async (etcd: CaseCluster, pod: string) => {
		// what runs there ends with the container
		const inPod = ["sh", "-c", "rm -rf /var/lib/etcd/data; kill 1"];
		await kubectl(lab.kubeconfig, ["exec", pod, "-n", etcd.namespace, "--", ...inPod]).catch(() => "");
	};
	const until = async (etcd: CaseCluster, verdict: RegExp) => {
		const status = async () => (await etcd.quorate("status")).stdout;
		await expect.poll(status, { timeout: 90_000, interval: 500 }).toMatch(verdict);
		return etcd.quorate("status");
	};

	it(
		"quorum lost: status says so first, exits with 1, and its command saves what is left",
		async () => {
			const etcd = await lab.startAs("quorum-lost", "scale0");
			await etcd.etcdctl("put", "/key", "value");
			for (const pod of ["etcd-1", "etcd-2"]) await lose(etcd, pod);
			const lost = /^QUORUM LOST: 1 of 3 members answers, 2 needed; etcd takes no writes\.\n/;
			const { code, stdout } = await until(etcd, lost);
			expect(code).toBe(1);
			expect(stdout).not.toMatch(/Alarms: +none/);
			const [save = "", restore = ""] = stdout.split("\n").slice(1, 3);
			expect(save).toContain("quorate snapshot save etcd-0.db sts/etcd -n quorum-lost --pod etcd-0");
			expect(restore).toContain("quorate snapshot restore etcd-0.db sts/etcd -n quorum-lost --runbook");
			const saved = await etcd.quorate("snapshot", ...save.trim().split(" ").slice(2));
			expect(saved.code, saved.stderr).toBe(0);
			const checked = await etcd.quorate("check");
			expect(checked.code).toBe(3);
			expect(checked.stdout).not.toMatch(/\? members|replicaCount: \d/);
			await etcd.destroy();
		},
		4 * MINUTE,
	);

	it(
		"the last member's disk is lost: the command that is printed takes it out, and a new one grows in its place",
		async () => {
			const etcd = await lab.startAs("last-lost", "scale0");
			await etcd.etcdctl("put", "/key", "value");
			await lose(etcd, "etcd-2");
			const down = async () => (await etcd.quorate("check")).stdout;
			await expect.poll(down, { timeout: 90_000, interval: 500 }).toMatch(/take it out: quorate scale/);
			const [, out = ""] = /take it out: quorate (scale .*?);/.exec((await down()).replaceAll(/\s+/g, " ")) ?? [];
			expect(out).toBe("scale sts/etcd -n last-lost --replicas 2");
			const planned = await etcd.quorate("plan", "--replicas", "2");
			expect(planned.stdout).toMatch(/etcd-2 is down, and to leave/);
			const shrunk = await etcd.quorate(...out.split(" "), "--yes");
			expect(shrunk.code, shrunk.stderr).toBe(0);
			expect(shrunk.stdout).toMatch(/equal on .*2/);
			const grown = await etcd.quorate("scale", "--replicas", "3", "--yes");
			expect(grown.code, grown.stderr).toBe(0);
			expect(await etcd.etcdctl("get", "/key")).toContain("value");
			await etcd.destroy();
		},
		6 * MINUTE,
	);
});
