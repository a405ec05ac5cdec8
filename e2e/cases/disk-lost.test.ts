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
});
