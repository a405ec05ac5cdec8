import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcdAtHand } from "../etcd-at-hand.ts";
import { type CaseCluster, type CaseLab, caseLab } from "./case-cluster.ts";

describe.skipIf(!(await etcdAtHand("operator-owned", "3.5.35")))(
	"operator-owned: a controller owns the StatefulSet",
	() => {
		let folder: string;
		let lab: CaseLab;
		let etcd: CaseCluster;

		beforeAll(async () => {
			folder = await mkdtemp(join(tmpdir(), "quorate-case-"));
			lab = await caseLab(folder);
			// its owner's uid is known once that is there
			etcd = await lab.start("operator-owned", (manifest) => manifest.replace(/^ {2}ownerReferences:\n.*\n/m, ""));
			const uid = await etcd.kube("get", "etcdcluster.operator.etcd.io/etcd", "-o", "jsonpath={.metadata.uid}");
			const owner = {
				apiVersion: "operator.etcd.io/v1alpha1",
				kind: "EtcdCluster",
				name: "etcd",
				uid,
				controller: true,
			};
			const patch = JSON.stringify({ metadata: { ownerReferences: [owner] } });
			await etcd.kube("patch", "sts", "etcd", "--type=merge", "-p", patch);
		});
		afterAll(async () => {
			await lab?.destroy();
			await rm(folder, { recursive: true, force: true });
		});

		it("is refused, with the owner and how that is known", async () => {
			const before = await etcd.state();
			const ran = await etcd.quorate("scale", "--replicas", "5", "--yes");
			expect(ran.code).toBe(3);
			expect(ran.stderr).toContain("EtcdCluster etcd (operator.etcd.io) manages the StatefulSet");
			expect(ran.stderr).toContain("metadata.ownerReferences");
			expect(ran.stderr).toContain("kubectl edit etcdcluster.v1alpha1.operator.etcd.io/etcd -n operator-owned");
			expect(await etcd.state()).toEqual(before);
		});

		it("is named by status", async () => {
			expect((await etcd.quorate("status")).stdout).toMatch(/Managed by: +EtcdCluster etcd \(operator\.etcd\.io\)/);
		});

		it("is scaled where that is forced", async () => {
			const ran = await etcd.quorate("scale", "--replicas", "4", "--yes", "--force");
			expect(ran.code, ran.stderr).toBe(0);
		});
	},
);
