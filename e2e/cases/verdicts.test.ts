import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downLab, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcdAtHand } from "../etcd-at-hand.ts";
import { kubectl } from "../kubectl.ts";
import { quorate } from "../quorate-command.ts";

const LAB = `verdicts-${process.pid}`;
const POSSIBLE = await etcdAtHand("what a cluster in trouble is told to be", "3.5");

describe.skipIf(!POSSIBLE)("what a cluster in trouble is told to be", () => {
	let kubeconfig: string;
	let folder: string;
	const kube = (...args: string[]) => kubectl(kubeconfig, args);
	const run = (...args: string[]) => quorate(kubeconfig, args, { cwd: folder, env: { XDG_STATE_HOME: folder } });
	const inPod = (namespace: string, pod: string, ...command: string[]) =>
		kube("exec", pod, "-n", namespace, "--", ...command);
	const apply = async (name: string, replicas: number) => {
		await kube("apply", "-f", new URL(`${name}.yaml`, import.meta.url).pathname);
		await kube("wait", "sts/etcd", "-n", name, `--for=jsonpath={.status.readyReplicas}=${replicas}`, "--timeout=60s");
	};
	const until = async (namespace: string, verdict: RegExp) => {
		let stdout = "";
		const status = async () => {
			({ stdout } = await run("status", "-n", namespace));
			return stdout;
		};
		await expect.poll(status, { timeout: 30_000, interval: 300 }).toMatch(verdict);
		return stdout;
	};
	/** A pod that is still stopping may answer once more. */
	const onlyPods = (namespace: string, ...names: string[]) =>
		expect
			.poll(async () => (await kube("get", "pods", "-n", namespace, "-o", "name")).split("\n").filter(Boolean), {
				timeout: 30_000,
				interval: 300,
			})
			.toEqual(names.map((name) => `pod/${name}`));
	/** Until what earlier tests deleted is gone. */
	const onlyIn = (...namespaces: string[]) =>
		expect
			.poll(async () => (await kube("get", "sts", "-A", "-o", "jsonpath={.items[*].metadata.namespace}")).split(" "), {
				timeout: 120_000,
				interval: 300,
			})
			.toEqual(namespaces);
	/** Of the table that `status -A` prints: a line for each etcd. */
	const rows = (stdout: string) => stdout.split("\n\n")[0]?.trimEnd().split("\n").slice(1);
	/** Runs what a hint says, word for word. */
	const follow = async (command: string) => {
		const [program = "", ...args] = command.trim().split(/\s+/);
		expect(["kubectl", "quorate"]).toContain(program);
		return program === "kubectl" ? kube(...args) : run(...args, "--yes");
	};

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-verdicts-"));
		await upLab({ name: LAB, members: 1, nodes: 6, empty: true, etcdVersion: "3.5" }, {});
		kubeconfig = await labKubeconfig(LAB);
	});
	afterAll(async () => {
		await downLab(LAB);
		await rm(folder, { recursive: true, force: true });
	});

	it("three-singles: three databases are not one cluster, and each can be saved", async () => {
		await apply("three-singles", 3);
		for (const pod of ["etcd-0", "etcd-1"]) await inPod("three-singles", pod, "etcdctl", "put", `/of/${pod}`, "1");
		const { code, stdout } = await run("status", "-n", "three-singles");
		expect(code).toBe(1);
		expect(stdout).toMatch(/^SEPARATE DATABASES: etcd-0, etcd-1, etcd-2 each/);
		expect(stdout).not.toMatch(/all healthy|kubectl scale/);
		for (const args of [["validate"], ["scale", "--replicas", "5", "--yes"]]) {
			const refused = await run(...args, "-n", "three-singles");
			expect(refused.code).not.toBe(0);
			expect(refused.stderr).toMatch(/each pod runs an etcd of its own/);
			expect(refused.stderr).not.toMatch(/defect|member remove|kubectl scale/);
		}
		const saved = await run("snapshot", "save", "one.db", "-n", "three-singles", "--pod", "etcd-1");
		expect(saved.code, saved.stderr).toBe(0);
		await kube("delete", "namespace", "three-singles", "--wait=false");
	});

	it("default-name: a single etcd that was never told of a cluster can be looked at, and told how to grow", async () => {
		await apply("default-name", 1);
		await inPod("default-name", "etcd-0", "etcdctl", "put", "/kept", "1");
		const at = ["-n", "default-name"];
		expect((await run("validate", ...at)).code).toBe(0);
		expect((await run("snapshot", "save", "single.db", ...at)).code).toBe(0);
		const refused = await run("scale", "--replicas", "3", "--yes", ...at);
		expect(refused.code).toBe(3);
		expect(refused.stderr).not.toMatch(/member remove|defect/);
		const hint = /restarts its pod: (kubectl exec .*?); then (kubectl patch .*); then the same command/.exec(
			refused.stderr.replaceAll(/\n\s+/g, " "),
		);
		const [, update = "", patch = ""] = hint ?? [];
		await follow(update);
		const [words = "", json = ""] = patch.split(" -p ");
		await kube(...words.split(" ").slice(1), "-p", json.replaceAll("'", ""));
		await kube("rollout", "status", "sts/etcd", ...at, "--timeout=60s");
		const grown = await run("scale", "--replicas", "3", "--yes", ...at);
		expect(grown.code, grown.stderr).toBe(0);
		for (const pod of ["etcd-0", "etcd-2"])
			expect(await inPod("default-name", pod, "etcdctl", "get", "/kept")).toContain("1");
		await kube("delete", "namespace", "default-name", "--wait=false");
	});

	it("scale0: pods that were scaled away are brought back by the number of claims, or of members", async () => {
		await apply("scale0", 3);
		await apply("lost-pod0", 3);
		await onlyIn("lost-pod0", "mayastor", "scale0");
		await inPod("scale0", "etcd-0", "etcdctl", "put", "/kept", "1");
		const back = "  kubectl scale sts etcd -n scale0 --replicas=3";
		for (const [pods, verdict] of [
			[[], /^STOPPED: .* the claims of 3 members are there/],
			[["etcd-0"], /^QUORUM LOST: 1 of 3 members answers, 2 needed; etcd takes no writes\.\n/],
		] as const) {
			await kube("scale", "sts/etcd", "-n", "scale0", `--replicas=${pods.length}`);
			await onlyPods("scale0", ...pods);
			const stdout = await until("scale0", verdict);
			expect(stdout).toContain(`\n${back}\n`);
			expect(stdout).not.toMatch(/0 members|Alarms: +none/);
			const all = await run("status", "-A");
			expect(all.code, all.stderr).toBe(1);
			expect(rows(all.stdout)).toEqual([
				expect.stringMatching(/^lost-pod0 +etcd +3\/3 +etcd-\d +3\.5\.\d+ +healthy$/),
				expect.stringMatching(/^mayastor +mayastor-etcd +1\/1 .* healthy$/),
				expect.stringMatching(/^scale0 +etcd .* (STOPPED|QUORUM LOST)$/),
			]);
			expect(all.stdout).toContain(`\n${back}\n`);
			const checked = await run("check", "-n", "scale0");
			expect(checked.code).toBe(3);
			expect(checked.stdout).not.toMatch(/\? members|replicaCount: \d/);
			await follow(back);
			await kube("wait", "sts/etcd", "-n", "scale0", "--for=jsonpath={.status.readyReplicas}=3", "--timeout=60s");
		}
		expect(await inPod("scale0", "etcd-1", "etcdctl", "get", "/kept")).toContain("1");
		const well = await run("status", "-A");
		expect(well.code, well.stdout + well.stderr).toBe(0);
		expect(rows(well.stdout)).toEqual([
			expect.stringMatching(/^lost-pod0 +etcd +3\/3 .* healthy$/),
			expect.stringMatching(/^mayastor +mayastor-etcd +1\/1 .* healthy$/),
			expect.stringMatching(/^scale0 +etcd +3\/3 .* healthy$/),
		]);
		const json = JSON.parse((await run("status", "-A", "-o", "json")).stdout);
		expect(json).toMatchObject({
			kind: "ClusterStatusList",
			items: ["lost-pod0", "mayastor", "scale0"].map((namespace) => ({ namespace, verdict: { kind: "ok" } })),
			failures: [],
		});
		const named = await run("status", "-A", "sts/etcd");
		expect([named.code, named.stdout]).toEqual([2, ""]);
		expect(named.stderr).toContain("--all-namespaces");
		const nosuch = await run("status", "-n", "nosuch");
		expect([nosuch.code, nosuch.stdout]).toEqual([2, ""]);
		expect(nosuch.stderr).toContain('namespace "nosuch" not found');
		await kube("delete", "namespace", "scale0", "--wait=false");
	});

	it("lost-pod0: the hint names a way that ends, before the member is removed and after", async () => {
		await apply("lost-pod0", 3);
		await kube("delete", "pvc", "data-etcd-0", "-n", "lost-pod0", "--wait=false");
		await kube("delete", "pod", "etcd-0", "-n", "lost-pod0");
		await until("lost-pod0", /etcd-0 +\w+ +voter +unreachable/);
		const refused = await run("scale", "--replicas", "5", "--yes", "-n", "lost-pod0");
		const runbook = "quorate snapshot restore etcd.db sts/etcd -n lost-pod0 --runbook";
		expect(refused.stderr.replaceAll(/\n\s+/g, " ")).toContain(runbook);
		expect(refused.stderr).not.toContain("rollout status");
		const id = /(\w+), started, etcd-0,/.exec(await inPod("lost-pod0", "etcd-1", "etcdctl", "member", "list"))?.[1];
		await inPod("lost-pod0", "etcd-1", "etcdctl", "member", "remove", id ?? "");
		const after = await run("scale", "--replicas", "5", "--yes", "-n", "lost-pod0");
		expect(after.code).toBe(3);
		expect(after.stderr).toMatch(/etcd-0 is no member of the cluster/);
		expect(after.stderr).not.toMatch(/etcd-2 .*never joined|kubectl scale/);
		expect(after.stderr.replaceAll(/\n\s+/g, " ")).toContain(runbook);
	});

	it("quorum lost: says so first, with the two commands; the first can be followed", async () => {
		await kube("delete", "pvc", "data-etcd-1", "-n", "lost-pod0", "--wait=false");
		await kube("delete", "pod", "etcd-1", "-n", "lost-pod0");
		const stdout = await until("lost-pod0", /^QUORUM LOST: 1 of 2 members answers, 2 needed; etcd takes no writes\.\n/);
		const [save = "", restore = ""] = stdout.split("\n").slice(1, 3);
		expect(restore.trim()).toBe("quorate snapshot restore etcd-2.db sts/etcd -n lost-pod0 --runbook");
		const saved = await run(...save.trim().split(" ").slice(1));
		expect(saved.code, saved.stderr).toBe(0);
		const printed = await run(...restore.trim().split(" ").slice(1));
		expect(printed.code, printed.stderr).toBe(0);
		const checked = await run("check", "-n", "lost-pod0");
		expect(checked.stdout).not.toMatch(/\? members|replicaCount: \d/);
	});
});
