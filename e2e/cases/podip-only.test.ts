import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcdAtHand } from "../etcd-at-hand.ts";
import { CASE_TARGETS, type CaseCluster, type CaseLab } from "./case-cluster.ts";

const POSSIBLE = await etcdAtHand("podip-only", "3.5.35");

describe.skipIf(!POSSIBLE).each(CASE_TARGETS)("etcd that listens on its pod's address only, on %s", (_, begin) => {
	let folder: string;
	let lab: CaseLab;
	let etcd: CaseCluster;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-case-"));
		lab = await begin(folder);
		etcd = await lab.start("podip-only");
	});
	afterAll(async () => {
		await lab?.destroy();
		await rm(folder, { recursive: true, force: true });
	});

	it.each([
		["status"],
		["check"],
		["validate"],
		["plan", "--replicas", "4"],
		["scale", "--replicas", "4", "--yes"],
		["snapshot", "save", "podip-only.db"],
	])("says so, and claims nothing else: %s", async (...args) => {
		const before = await etcd.state();
		const ran = await etcd.quorate(...args);
		const words = ran.stderr.replaceAll(/\n\s+/g, " ");
		expect(words).toMatch(/the etcd of etcd-\d listens on its pod's address only/);
		expect(words).toContain("`--listen-client-urls=http://$(POD_IP):2379`");
		expect(ran.stdout).toBe("");
		expect(ran.code).toBe(1);
		expect(await etcd.state()).toEqual(before);
	});

	it("is reached once it listens on localhost, as the hint has it, and grows", async () => {
		const { stderr } = await etcd.quorate("status", "-o", "json");
		const { hint } = JSON.parse(stderr.trim().split("\n").at(-1) ?? "");
		const [, words = "", patch = ""] = /kubectl (patch sts .*?) -p '(.*?)'; or run/.exec(hint) ?? [];
		await etcd.kube(...words.split(" "), "-p", patch);
		await etcd.kube("rollout", "status", "sts/etcd", "--timeout=120s");
		const status = async () => (await etcd.quorate("status")).stdout;
		await expect.poll(status, { timeout: 60_000 }).toMatch(/3 voters, all healthy/);
		// what listens on localhost takes the lab a process for each connection, and a busy machine some time
		const grow = async () => (await etcd.quorate("scale", "--replicas", "4", "--yes")).code;
		await expect.poll(grow, { timeout: 180_000, interval: 1000 }).toBe(0);
		expect((await etcd.etcdctl("member", "list")).trim().split("\n")).toHaveLength(4);
	});
});
