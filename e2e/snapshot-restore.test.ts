import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downLab, findEtcd, labKubeconfig } from "quorate-lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AccidentCluster, IMAGES, until } from "./accident-cluster.ts";
import { etcdAtHand } from "./etcd-at-hand.ts";
import { killOn } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";
import { commandsIn, programs, type } from "./runbook.ts";

const NAMESPACE = ["-n", "mayastor"];
const KEYS = 60;
const PUT = `i=0; while [ $i -lt ${KEYS} ]; do etcdctl put /restored/key-$i "value $i" >/dev/null; i=$((i+1)); done; etcdctl del /restored/key-0`;
const ETCDUTL = "quorate-etcdutl-mayastor-etcd-0";
const DATA = "/bitnami/etcd/data";
/** What the old scripts note of a member that once joined a cluster. */
const NOTED = `etcdctl member list | sed -n '/mayastor-etcd-0/s/,.*//p' > ${DATA}/member_id; test -s ${DATA}/member_id`;

const images: [string, string, boolean][] = [
	["plain etcd", `etcd:${(await findEtcd()).version}`, true],
	["the old Bitnami scripts", IMAGES.old, await etcdAtHand("the runbook on the old Bitnami scripts", "3.5")],
	["the new Bitnami scripts", IMAGES.new, await etcdAtHand("the runbook on the new Bitnami scripts", "3.6")],
];

/** Members that a restore has told of in its log. */
const idsIn = (log: string): string[] =>
	[...log.matchAll(/"added-peer-id": ?"([0-9a-f]+)"/g)].map(([, id = ""]) => id).sort();

for (const [which, image, possible] of images)
	describe.skipIf(!possible)(`a cluster of ${which} that has lost quorum for good`, () => {
		let cluster: AccidentCluster;
		let folder: string;
		let before: string;

		const ask = (...args: string[]) => quorate(cluster.kubeconfig, args, { cwd: folder });
		const everything = (ordinal: number) => cluster.inPod(ordinal, 'etcdctl get --prefix ""');
		const json = async (...args: string[]) => {
			const { code, stdout, stderr } = await ask(...args, "-o", "json");
			// a status that says that the cluster is lost exits with 1
			if (code !== 0 && stdout === "") throw new Error(`${args.join(" ")}: exit code ${code}\n${stderr}`);
			return JSON.parse(stdout);
		};

		beforeAll(async () => {
			folder = await mkdtemp(join(tmpdir(), "quorate-runbook-"));
			await programs(folder);
			cluster = await AccidentCluster.up(image, 3, { empty: true });
			await cluster.inPod(0, PUT);
			if (image === IMAGES.old) await cluster.inPod(0, NOTED);
			await json("snapshot", "save", "before.db", ...NAMESPACE);
			await cluster.inPod(0, "etcdctl put /restored/after-the-snapshot yes");
			before = await everything(1);
			for (const ordinal of [1, 2]) await cluster.endEtcd(ordinal, `rm -rf ${DATA}/*`);
			await until("quorum is lost", async () => (await json("status", ...NAMESPACE)).etcd.trouble !== undefined);
		});
		afterAll(async () => {
			await cluster?.down();
			await rm(folder, { recursive: true, force: true });
		});

		it("is told that the member that is left holds more than the snapshot", async () => {
			const printed = await ask("snapshot", "restore", "before.db", ...NAMESPACE, "--runbook");
			expect(printed.stderr).toBe("");
			const [save = "", again = ""] = commandsIn(printed.stdout);
			expect(save).toBe(
				"quorate snapshot save mayastor-etcd-0-last.db sts/mayastor-etcd -n mayastor --pod mayastor-etcd-0",
			);
			await type(save, folder, cluster.kubeconfig);
			const { steps } = JSON.parse(await type(`${again} -o json`, folder, cluster.kubeconfig));
			expect(JSON.stringify(steps)).not.toContain("snapshot save");
		});

		it("has every key again once the printed commands were followed, word for word", async () => {
			const args = ["snapshot", "restore", "mayastor-etcd-0-last.db", "sts/mayastor-etcd", ...NAMESPACE, "--runbook"];
			const template = () => cluster.kubectl("get", "sts", "mayastor-etcd", "-o", "jsonpath={.spec.template}");
			const untouched = await template();
			const commands = commandsIn((await ask(...args)).stdout);
			expect(commands.length).toBeGreaterThan(15);
			let restored: string[] = [];
			for (const command of commands) {
				if (command.includes("delete pod quorate-etcdutl-")) restored = idsIn(await cluster.kubectl("logs", ETCDUTL));
				await type(command, folder, cluster.kubeconfig);
			}

			for (const ordinal of [0, 1, 2]) expect(await everything(ordinal)).toBe(before);
			expect(before).toContain("after-the-snapshot");
			expect(before.trim().split("\n")).toHaveLength(2 * KEYS);
			expect(await template()).toBe(untouched);
			const status = await json("status", ...NAMESPACE);
			expect(status.etcd).toMatchObject({ voters: 3, learners: 0, tolerance: 1, alarms: [] });
			expect(status.etcd.members.map(({ health }: { health: string }) => health)).toEqual(Array(3).fill("healthy"));
			// No script has wiped a member's data and added it anew.
			expect(restored).toHaveLength(3);
			expect(status.etcd.members.map(({ id }: { id: string }) => id).sort()).toEqual(restored);
			expect(await json("validate", ...NAMESPACE)).toMatchObject({ equal: true });
			expect(await cluster.kubectl("get", "pods", "-o", "name")).toBe(
				[0, 1, 2].map((ordinal) => `pod/mayastor-etcd-${ordinal}\n`).join(""),
			);
		});

		// While no member is healthy the old scripts start what is there; what they have noted is heeded from then on.
		it("has pods that can be restarted", async () => {
			const member = await cluster.memberOf(0);
			await cluster.replacePod(0);
			await until("the new pod is Ready", () => cluster.isReady(0));
			expect((await cluster.voter(0)).id).toBe(member?.id);
			expect(await everything(0)).toBe(before);
		});

		it("tells a client that watched the lost cluster to read anew", async () => {
			const [member] = (await json("status", ...NAMESPACE)).etcd.members;
			const raised = member.revision > 1_000_000_000;
			// as the release can: 3.5.21, 3.6 and later
			expect(raised).toBe(!/:3\.(4|5\.(\d|1\d|20)(\D|$))/.test(image));
			if (!raised) return;
			const watch = await cluster.inPod(0, `timeout 20 etcdctl watch --rev=${KEYS} --prefix /restored/ 2>&1; true`);
			expect(watch).toMatch(/compacted/);
		});

		it("grows from there", async () => {
			const { code, stderr } = await ask("scale", ...NAMESPACE, "--replicas", "4", "--yes", "--snapshot", "none");
			expect(stderr).toBe("");
			expect(code).toBe(0);
		});
	});

describe("a cluster that has lost quorum for good in the middle of a scaling", () => {
	let cluster: AccidentCluster;
	let folder: string;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-half-"));
		await programs(folder);
		cluster = await AccidentCluster.up(`etcd:${(await findEtcd()).version}`, 3, { empty: true });
		await cluster.inPod(0, PUT);
	});
	afterAll(async () => {
		await cluster?.down();
		await rm(folder, { recursive: true, force: true });
	});

	it("has every key, and no scaling unfinished, once the printed commands were followed, word for word", async () => {
		const ask = (...args: string[]) => quorate(cluster.kubeconfig, [...args, ...NAMESPACE], { cwd: folder });
		const template = () => cluster.kubectl("get", "sts", "mayastor-etcd", "-o", "jsonpath={.spec.template}");
		const everything = (ordinal: number) => cluster.inPod(ordinal, 'etcdctl get --prefix ""');
		const [untouched, before] = [await template(), await everything(0)];
		const words = ["scale", ...NAMESPACE, "--replicas", "5", "--yes"];
		const killed = await quorate(cluster.kubeconfig, words, { cwd: folder, ...killOn(/^√ *4\//m) });
		expect(killed.signal, killed.stderr).toBe("SIGKILL");
		expect(await template()).not.toBe(untouched);
		for (const ordinal of [1, 2]) await cluster.endEtcd(ordinal, `rm -rf ${DATA}/*`);
		await until("quorum is lost", async () => (await ask("status")).stdout.startsWith("QUORUM LOST"));

		const [, save = "", restore = ""] =
			/\n {2}(quorate snapshot save .*)\n {2}(quorate snapshot restore .*)\n/.exec((await ask("status")).stdout) ?? [];
		await type(save, folder, cluster.kubeconfig);
		for (const command of commandsIn(await type(restore, folder, cluster.kubeconfig)))
			await type(command, folder, cluster.kubeconfig);
		for (const ordinal of [0, 1, 2]) expect(await everything(ordinal)).toBe(before);
		expect(await template()).toBe(untouched);
		expect((await ask("status")).stdout).toMatch(/Scaling: +none unfinished/);
		const grown = await ask("scale", "--replicas", "5", "--yes", "--discard-volumes");
		expect(grown.code, grown.stderr).toBe(0);
		expect(await everything(4)).toBe(before);
	});
});

describe("a snapshot in a lab", () => {
	const name = `restored-${process.pid}`;
	let source: AccidentCluster;
	let folder: string;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-restored-"));
		source = await AccidentCluster.up(`etcd:${(await findEtcd()).version}`, 1, { empty: true });
		await source.inPod(0, PUT);
		const saved = await quorate(source.kubeconfig, ["snapshot", "save", "one.db", ...NAMESPACE], { cwd: folder });
		expect(saved.code, saved.stderr).toBe(0);
	});
	afterAll(async () => {
		await source?.down();
		await rm(folder, { recursive: true, force: true });
	});

	it("is brought up on as many members as are asked for, all with its keys", async () => {
		const args = ["snapshot", "restore", "one.db", "--to", `lab/${name}`, "--members", "3", "-o", "json"];
		const { code, stdout, stderr } = await quorate(source.kubeconfig, args, { cwd: folder });
		if (code !== 0) throw new Error(stderr);
		try {
			expect(JSON.parse(stdout)).toMatchObject({ kind: "Lab", name, members: 3, phase: "up" });
			const kubeconfig = await labKubeconfig(name);
			const proof = JSON.parse((await quorate(kubeconfig, ["validate", ...NAMESPACE, "-o", "json"])).stdout);
			expect(proof).toMatchObject({ equal: true, keys: KEYS - 1 });
			expect(proof.members).toHaveLength(3);
		} finally {
			await downLab(name);
		}
	});

	it("is not taken from a file that is damaged, and nothing is left of the lab", async () => {
		const args = ["snapshot", "restore", "/dev/null", "--to", `lab/${name}`];
		const { code, stderr } = await quorate(source.kubeconfig, args);
		expect([code, stderr]).toEqual([1, expect.stringContaining("it is not a file")]);
	});
});
