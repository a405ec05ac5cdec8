import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClusterUnderTest, onLab } from "./cluster-under-test.ts";
import { etcdAtHand } from "./etcd-at-hand.ts";
import { CHART, findHelm, helmFor } from "./helm.ts";
import { kubectl } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";

const program = await findHelm();
const NAMESPACE = "helm";
const SET = "demo-etcd";

const BITNAMI = await etcdAtHand("the chart with Bitnami's image", "3.5");

describe.skipIf(program === undefined)("helm", () => {
	let lab: ClusterUnderTest;
	let home: string;
	let helm: ReturnType<typeof helmFor>;
	beforeAll(async () => {
		home = await mkdtemp(join(tmpdir(), "quorate-helm-"));
		lab = await onLab({ members: 1, etcdVersion: "3.5.9" });
		helm = helmFor(program ?? "", { kubeconfig: lab.kubeconfig, namespace: NAMESPACE, home });
	});
	afterAll(async () => {
		await lab?.destroy();
		await rm(home, { recursive: true, force: true });
	});

	const run = (...args: string[]) => kubectl(lab.kubeconfig, ["-n", NAMESPACE, ...args]);
	const upgrade = (...args: string[]) => helm.ok("upgrade", "demo", CHART, "--wait", "--timeout", "120s", ...args);
	const history = async (): Promise<{ status: string; description: string }[]> =>
		JSON.parse(await helm.ok("history", "demo", "-o", "json"));
	const memberNames = async () => {
		const list = await run("exec", `${SET}-0`, "--", "etcdctl", "member", "list", "-w", "json");
		const { members } = JSON.parse(list) as { members: { name: string }[] };
		return members.map(({ name }) => name).sort();
	};
	const names = (count: number) => Array.from({ length: count }, (_, ordinal) => `${SET}-${ordinal}`);
	const pods = async () =>
		(await run("get", "pods", "-l", "app=etcd", "-o", "jsonpath={.items[*].metadata.name}")).split(" ").sort();

	it("installs a cluster, and waits until it is Ready", async () => {
		const out = await helm.ok("install", "demo", CHART, "--create-namespace", "--wait", "--timeout", "120s");
		expect(out).toContain("STATUS: deployed");
		expect(await run("get", "sts", SET, "--no-headers")).toMatch(/^demo-etcd +3\/3 /);
		expect(await memberNames()).toEqual(names(3));
		expect(await run("get", "secret", "--no-headers")).toMatch(
			/^sh\.helm\.release\.v1\.demo\.v1 +helm\.sh\/release\.v1 +1 /,
		);
		expect(await run("get", "pdb", SET, "--no-headers")).toMatch(/^demo-etcd +51% +N\/A +1 /);
		expect(await helm.ok("list", "-A", "--short")).toBe("demo\n");
	});

	it("tries an upgrade on the server without changing anything", async () => {
		const before = await run("get", "sts", SET, "-o", "jsonpath={.metadata.generation}");
		expect(await helm.ok("upgrade", "demo", CHART, "--dry-run=server", "--set", "replicaCount=5")).toContain(
			"replicas: 5",
		);
		expect(await run("get", "sts", SET, "-o", "jsonpath={.metadata.generation}")).toBe(before);
		expect(await history()).toHaveLength(1);
	});

	it("upgrades after its hook's Job is complete, and rolls back", async () => {
		await upgrade("--set", "podAnnotations.colour=blue");
		expect(await run("get", "job", `${SET}-pre-upgrade`, "--no-headers")).toMatch(
			/^demo-etcd-pre-upgrade +Complete +1\/1 /,
		);
		const colour = () => run("get", "pods", "-l", "app=etcd", "-o", "jsonpath={.items[*].metadata.annotations.colour}");
		expect(await colour()).toBe("blue blue blue");
		expect(await helm.ok("get", "values", "demo")).toContain("colour: blue");
		await helm.ok("rollback", "demo", "1", "--wait", "--timeout", "120s");
		expect(await colour()).toBe("");
		expect((await history()).map(({ status, description }) => `${status}: ${description}`)).toEqual([
			"superseded: Install complete",
			"superseded: Upgrade complete",
			"deployed: Rollback to 1",
		]);
		expect(await memberNames()).toEqual(names(3));
	});

	it("says what the server refuses", async () => {
		const { code, stderr } = await helm.attempt("upgrade", "demo", CHART, "--set", "podManagementPolicy=OrderedReady");
		expect(code).toBe(1);
		expect(stderr).toContain(
			'StatefulSet.apps "demo-etcd" is invalid: spec: Forbidden: updates to statefulset spec for fields other than',
		);
		const unknown = await helm.attempt("upgrade", "demo", CHART, "--set", "persistence.size=much");
		expect(unknown.code).toBe(1);
		expect((await history()).slice(-2).map(({ status }) => status)).toEqual(["failed", "failed"]);
	});

	it("shrinks a cluster again that was scaled outside Helm", async () => {
		const args = ["scale", `sts/${SET}`, "-n", NAMESPACE, "--replicas", "4", "--yes"];
		const scaled = await quorate(lab.kubeconfig, args, { cwd: tmpdir() });
		expect(scaled.code, scaled.stderr).toBe(0);
		// once more at the end, where it is read: the next upgrade would set the size back, as it does here
		const [, end = ""] = scaled.stdout.split(/^Restarts: .*$/m);
		expect(end.replaceAll(/\s+/g, " ")).toMatch(/^ \S+ Helm release demo manages .*\breplicaCount: 4\b/);
		expect([await memberNames(), await pods()]).toEqual([names(4), names(4)]);
		await upgrade();
		expect(await run("logs", `job/${SET}-pre-upgrade`)).toContain(`removing member ${SET}-3`);
		await expect.poll(pods, { timeout: 60_000, interval: 500 }).toEqual(names(3));
		expect(await memberNames()).toEqual(names(3));
		// what the member left behind is poison for the next growth
		expect(await run("get", "pvc", `data-${SET}-3`, "--no-headers")).toContain("Bound");
	});

	it.skipIf(!BITNAMI)("does so on Bitnami's image too, where kubectl scale is enough for the accident", async () => {
		const values = ["--set", "image=bitnami/etcd:3.5.6-debian-11-r10", "--set", "command=null"];
		const wait = ["--wait", "--timeout", "120s", ...values];
		const old = helmFor(program ?? "", { kubeconfig: lab.kubeconfig, namespace: "old", home });
		const inOld = (...args: string[]) => kubectl(lab.kubeconfig, ["-n", "old", ...args]);
		const members = async () =>
			(await inOld("exec", "old-etcd-0", "--", "etcdctl", "member", "list")).trim().split("\n").length;
		await old.ok("install", "old", CHART, "--create-namespace", ...wait);
		await inOld("scale", "sts/old-etcd", "--replicas=4");
		await inOld("rollout", "status", "sts/old-etcd", "--timeout=120s");
		expect(await members()).toBe(4);
		await old.ok("upgrade", "old", CHART, ...wait);
		expect(await members()).toBe(3);
		expect(await inOld("logs", "job/old-etcd-pre-upgrade")).toContain("removing member old-etcd-3");
	});

	it("keeps releases of nearly a mebibyte, and says so when one is larger", async () => {
		const values = async (bytes: number) => {
			const path = join(home, `${bytes}.yaml`);
			await writeFile(path, `ballast: ${randomBytes((bytes * 3) / 4).toString("base64")}\n`);
			return path;
		};
		const install = async (name: string, bytes: number) =>
			helm.attempt("install", name, CHART, "-f", await values(bytes), "--set", "replicaCount=0");
		const large = await install("large", 900_000);
		expect(large.code, large.stderr).toBe(0);
		expect((await helm.ok("get", "values", "large")).length).toBeGreaterThan(900_000);
		await helm.ok("uninstall", "large");
		const { code, stderr } = await install("huge", 1_200_000);
		expect(code).toBe(1);
		expect(stderr).toContain('Secret "sh.helm.release.v1.huge.v1" is invalid: data: Too long');
	});

	it("uninstalls all but the claims", async () => {
		await helm.ok("uninstall", "demo", "--wait", "--timeout", "60s");
		expect(await helm.ok("list", "--all", "--short")).toBe("");
		await expect
			.poll(() => run("get", "sts,svc,pdb,pods,secrets", "-l", "app!=x", "-o", "name"), { timeout: 60_000 })
			.toMatch(/^(pod\/demo-etcd-pre-upgrade-\w+\n)?$/);
		expect((await run("get", "pvc", "-o", "name")).trim().split("\n")).toHaveLength(4);
	});
});
