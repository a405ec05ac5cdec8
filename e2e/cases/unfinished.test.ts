import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { etcdAtHand } from "../etcd-at-hand.ts";
import { kubectl } from "../kubectl.ts";
import { type CaseCluster, type CaseLab, caseLab } from "./case-cluster.ts";

const MINUTE = 60_000;
const ADDED = /^√ +\d+\/\d+ member etcd-3: a learner/m;
const MADE = /^√ +\d+\/\d+ .*replicas 4/m;

describe.skipIf(!(await etcdAtHand("unfinished runs", "3.5.35")))("unfinished runs", () => {
	let folder: string;
	let lab: CaseLab;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-case-"));
		lab = await caseLab(folder);
	}, 2 * MINUTE);
	afterAll(async () => {
		await lab?.destroy();
		await rm(folder, { recursive: true, force: true });
	});

	it(
		"other-snapshot: an older file in the place of the run's snapshot is not taken for it",
		async () => {
			const etcd = await lab.startAs("other-snapshot", "scale0");
			const [older, taken] = ["older.db", "taken.db"].map((name) => join(folder, name)) as [string, string];
			const saved = await etcd.quorate("snapshot", "save", older);
			expect(saved.code, saved.stderr).toBe(0);
			await etcd.etcdctl("put", "/key", "value");
			const killed = await etcd.quorateUntil(ADDED, "scale", "--replicas", "5", "--yes", "--snapshot", taken);
			expect(killed.signal, killed.stdout + killed.stderr).toBe("SIGKILL");
			await copyFile(older, taken);
			const status = await etcd.quorate("status");
			expect(status.stdout).not.toContain(`Snapshot: ${taken}`);
			const newer = join(folder, "newer.db");
			const ran = await etcd.quorate("scale", "--replicas", "5", "--yes", "--snapshot", newer, "-o", "json");
			expect(ran.code, ran.stderr).toBe(0);
			const { snapshot } = JSON.parse(ran.stdout);
			expect(snapshot).toMatchObject({ file: newer });
			const bytes = await readFile(newer);
			// etcd's own, which is the file's last 32 bytes
			expect(snapshot.sha256).toBe(createHash("sha256").update(bytes.subarray(0, -32)).digest("hex"));
			expect(bytes.includes("/key")).toBe(true);
			expect((await readFile(older)).equals(await readFile(taken))).toBe(true);
			await etcd.destroy();
		},
		3 * MINUTE,
	);

	/** A growth that stopped when the pod of its learner was made; that pod's node has lost its power since. */
	async function withDeadNode(name: string): Promise<{ etcd: CaseCluster; node: string; before: string[] }> {
		const etcd = await lab.startAs(name, "scale0");
		await etcd.etcdctl("put", "/key", "value");
		const before = await present(etcd);
		const killed = await etcd.quorateUntil(MADE, "scale", "--replicas", "4", "--yes", "--snapshot", "none");
		expect(killed.signal, killed.stdout + killed.stderr).toBe("SIGKILL");
		const nodeOf = () => etcd.kube("get", "pod", "etcd-3", "-o", "jsonpath={.spec.nodeName}");
		await expect.poll(nodeOf, { timeout: 20_000 }).not.toBe("");
		const node = await nodeOf();
		await off(node);
		return { etcd, node, before };
	}

	async function off(node: string): Promise<void> {
		onTestFinished(async () => {
			await lab.power(node, "on");
		});
		await lab.power(node, "off");
		await kubectl(lab.kubeconfig, ["wait", `node/${node}`, "--for=condition=Ready=false", "--timeout=60s"]).catch(() =>
			kubectl(lab.kubeconfig, ["wait", `node/${node}`, "--for=condition=Ready=unknown", "--timeout=10s"]),
		);
	}

	const present = async (etcd: CaseCluster) => [
		await etcd.kube("get", "sts", "etcd", "-o", "jsonpath={.spec} {.metadata.annotations}"),
		await etcd.kube("get", "pods,pvc,leases", "-o", "name"),
		await etcd.etcdctl("member", "list"),
	];

	it.each([["without its volume"], ["--keep-volumes"]])(
		"abort while the joining pod's node is dead: the node is named, and nothing is left to hang on: %s",
		async (flag) => {
			const kept = flag === "--keep-volumes";
			const { etcd, node, before } = await withDeadNode(kept ? "dead-node-kept" : "dead-node");
			const abort = ["abort", "--yes", ...(kept ? [flag] : [])];
			const named = new RegExp(`pod etcd-3 is ending on node ${node}, which is not Ready`);
			const waited = await etcd.quorateUntil(named, ...abort);
			expect(waited.signal, waited.stdout + waited.stderr).toBe("SIGKILL");
			// its member is out by then: what does not vote needs nobody
			expect(await etcd.etcdctl("member", "list")).toBe(before[2]);
			await etcd.kube("delete", "pod", "etcd-3", "--grace-period=0", "--force");
			const back = await etcd.quorate(...abort);
			expect(back.code, back.stderr).toBe(0);
			const after = await present(etcd);
			if (kept) {
				expect(after[1]?.replace("persistentvolumeclaim/data-etcd-3\n", "")).toBe(before[1]);
				const refused = await etcd.quorate("scale", "--replicas", "4", "--yes");
				expect(refused.code).toBe(3);
				expect(refused.stderr).toContain("--discard-volumes");
				await etcd.kube("delete", "pvc", "data-etcd-3");
			} else expect(after).toEqual(before);
			const grown = await etcd.quorate("scale", "--replicas", "4", "--yes", "--snapshot", "none");
			expect(grown.code, grown.stderr).toBe(0);
			expect(await etcd.etcdctl("get", "/key", "--print-value-only")).toBe("value\n");
			await etcd.destroy();
		},
		5 * MINUTE,
	);

	it(
		"abort with a voter down takes the learner out and ends, without waiting for that voter",
		async () => {
			const etcd = await lab.startAs("voter-down", "scale0");
			const before = await present(etcd);
			const killed = await etcd.quorateUntil(ADDED, "scale", "--replicas", "4", "--yes", "--snapshot", "none");
			expect(killed.signal, killed.stdout + killed.stderr).toBe("SIGKILL");
			const node = await etcd.kube("get", "pod", "etcd-2", "-o", "jsonpath={.spec.nodeName}");
			await off(node);
			const back = await etcd.quorate("abort", "--yes");
			expect(back.code, back.stdout + back.stderr).toBe(0);
			expect(back.stdout).toMatch(/^\S+ voter-down\/etcd is back at 3 members\b/m);
			expect(await present(etcd)).toEqual(before);
			await etcd.destroy();
		},
		3 * MINUTE,
	);
});
