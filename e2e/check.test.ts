import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downLab, labFaults, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "./accident-cluster.ts";
import { kubectl } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";

const LAB = `check-${process.pid}`;
const SET = "mayastor-etcd";
let kubeconfig = "";
let folder = "";

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate-e2e-"));
	await upLab({ name: LAB, volumes: 5 }, {});
	kubeconfig = await labKubeconfig(LAB);
});

afterAll(async () => {
	await downLab(LAB);
	await rm(folder, { recursive: true, force: true });
});

const kube = (...args: string[]) => kubectl(kubeconfig, ["-n", "mayastor", ...args]);

interface Found {
	status: string;
	saw: string;
	why?: string;
	hint?: string;
}

/** What each check found, by its id. */
async function check(args: readonly string[] = [], config = kubeconfig) {
	const { code, stdout, stderr } = await quorate(config, ["check", "-n", "mayastor", "-o", "json", ...args]);
	if (stdout === "") throw new Error(stderr);
	const report = JSON.parse(stdout);
	const found: Record<string, Found> = Object.fromEntries(report.checks.map((one: { id: string }) => [one.id, one]));
	const failed = Object.keys(found).filter((id) => found[id]?.status === "fail");
	return { code, stderr, report, found, failed };
}

const settled = async () => {
	await kube("rollout", "status", `sts/${SET}`, "--timeout=60s");
	await until("nothing fails", async () => (await check()).failed.length === 0);
};

/** Name of a member that does not lead. */
async function follower(): Promise<string> {
	const { stdout } = await quorate(kubeconfig, ["status", "-n", "mayastor", "-o", "json"]);
	const { members } = JSON.parse(stdout).etcd;
	return members.find((member: { role: string }) => member.role === "voter").name;
}

describe("a healthy cluster", () => {
	it("fails no check, as it is and for going to five; nothing is changed", async () => {
		const state = () =>
			kube(
				"get",
				"sts,pods,pvc,leases",
				"-o",
				'jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}',
			);
		const before = (await state()).replaceAll(/^Pod .*$/gm, "Pod");
		const { code, report, found } = await check();
		expect(report).toMatchObject({
			apiVersion: "quorate.io/v1",
			kind: "CheckReport",
			name: SET,
			ok: true,
			failed: 0,
			strict: false,
		});
		expect(report.replicas).toBeUndefined();
		expect(code).toBe(0);
		for (const id of [
			"members-healthy",
			"hashes-equal",
			"pools-online",
			"volumes-healthy",
			"rights-enough",
			"disruption-budget-fits",
			"clocks-agree",
			"leader-steady",
		])
			expect([id, found[id]?.status]).toEqual([id, "pass"]);
		// etcd tells its metrics, however fast the disk is
		expect(found["disk-fast"]?.saw).toMatch(/fsync|commit/);
		const growing = await check(["--replicas", "5"]);
		expect(growing).toMatchObject({ code: 0, report: { ok: true, replicas: 5 } });
		expect(growing.found["quorum-tolerance"]).toMatchObject({
			status: "pass",
			saw: expect.stringMatching(/1 may fail now, at least 1 at each of \d+ steps, 2 after/),
		});
		expect((await state()).replaceAll(/^Pod .*$/gm, "Pod")).toEqual(before);
	});

	it("is told group by group, without colours into a pipe", async () => {
		const { code, stdout } = await quorate(kubeconfig, ["check", `sts/${SET}`, "-n", "mayastor"], {
			env: { LC_ALL: "C.UTF-8" },
		});
		expect(code).toBe(0);
		expect(stdout).toMatch(/^Size and quorum\n√ 3 members/);
		expect(stdout).toMatch(/\n\netcd\n√ /);
		expect(stdout).toMatch(/\n‼ .* \[volumes-placed\]\n {4}a pod that is started/);
		expect(stdout).toMatch(/\nChecks: \d+ checks passed, .*\n$/);
		expect(stdout).not.toContain("\u001b");
	});

	it("with --strict a warning is a failure", async () => {
		const { code, report, stderr } = await check(["--strict"]);
		expect(code).toBe(3);
		expect(report).toMatchObject({ ok: false, strict: true, failed: 0 });
		expect(JSON.parse(stderr.trim().split("\n").at(-1) ?? "")).toMatchObject({
			kind: "Error",
			code: "Refused",
			message: expect.stringContaining("volumes-placed"),
		});
	});

	it("cannot go to seven with five nodes", async () => {
		const { code, failed, found } = await check(["--replicas", "7"]);
		expect(code).toBe(3);
		expect(failed).toEqual(["quorum-tolerance", "nodes-enough"]);
		expect(found["quorum-tolerance"]?.saw).toMatch(/7 members cannot be reached/);
	});

	it("a bad number is refused", async () => {
		for (const flags of [["--replicas", "0"], ["--force"], ["--replicas", "5", "--volume-path", "x"]])
			expect(await quorate(kubeconfig, ["check", "-n", "mayastor", ...flags])).toMatchObject({ code: 2, stdout: "" });
	});
});

describe("what is wrong is told", () => {
	it("a partition that was left", async () => {
		const set = (partition: number) =>
			kube("patch", "sts", SET, "-p", JSON.stringify({ spec: { updateStrategy: { rollingUpdate: { partition } } } }));
		await set(2);
		const { code, found } = await check();
		expect(code).toBe(0);
		expect(found["update-strategy-plain"]).toMatchObject({
			status: "warn",
			saw: "partition 2 keeps 2 of 3 pods from a roll-out",
		});
		await set(0);
	});

	it("a claim that was left over, also before it is in the way", async () => {
		const claim = {
			apiVersion: "v1",
			kind: "PersistentVolumeClaim",
			metadata: { name: `data-${SET}-4`, namespace: "mayastor" },
			spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "2Gi" } }, storageClassName: "manual" },
		};
		await kubectl(kubeconfig, ["apply", "-f", "-"], JSON.stringify(claim));
		// it was never bound, and the run recreates it
		expect((await check()).found["claims-used"]).toMatchObject({ status: "pass" });
		expect((await check(["--replicas", "5"])).found["storage-ready"]).toMatchObject({ status: "pass" });
		const volume = {
			apiVersion: "v1",
			kind: "PersistentVolume",
			metadata: { name: "left-over" },
			spec: {
				accessModes: ["ReadWriteOnce"],
				capacity: { storage: "2Gi" },
				storageClassName: "manual",
				claimRef: { namespace: "mayastor", name: `data-${SET}-4` },
				hostPath: { path: "/var/local/left-over" },
			},
		};
		await kubectl(kubeconfig, ["apply", "-f", "-"], JSON.stringify(volume));
		await kube("wait", "pvc", `data-${SET}-4`, "--for=jsonpath={.status.phase}=Bound", "--timeout=20s");
		expect((await check()).found["claims-used"]).toMatchObject({
			status: "warn",
			saw: `claim data-${SET}-4 is left over`,
		});
		expect((await check(["--replicas", "5"])).found["storage-ready"]).toMatchObject({
			status: "fail",
			saw: expect.stringContaining(`data-${SET}-4`),
		});
		await kube("delete", "pvc", `data-${SET}-4`);
		await kube("delete", "pv", "left-over");
	});

	it("an alarm, and no more than what comes of it", async () => {
		const faults = labFaults(LAB);
		await faults.fill([`${SET}-1`]);
		try {
			// etcdctl endpoint health, and so readiness, fails while there is an alarm
			await until("nothing fails but the alarm and readiness", async () =>
				(await check()).failed.every((id) => ["alarms-none", "statefulset-settled"].includes(id)),
			);
			const { code, found, stderr } = await check();
			expect(code).toBe(3);
			expect(found["alarms-none"]).toMatchObject({
				status: "fail",
				saw: `${SET}-1 has raised the alarm NOSPACE`,
				hint: expect.stringContaining("defrag"),
			});
			// before 3.6.6 a member does not tell the quota that it was started with, and the template's is gone by
			const quota = found["database-below-quota"];
			expect(quota?.status).toBe(quota?.saw.includes("quota of 8192 MiB") ? "pass" : "warn");
			expect(stderr).toContain("alarms-none");
		} finally {
			await faults.clear([`${SET}-1`]);
			await settled();
		}
	});

	it("a member that does not answer", async () => {
		const faults = labFaults(LAB);
		// without the leader the others would be choosing one
		const name = await follower();
		await faults.freeze([name]);
		const { code, found } = await check().finally(() => faults.thaw([name]));
		await settled();
		expect(code).toBe(3);
		expect(found["members-healthy"]).toMatchObject({
			status: "fail",
			saw: expect.stringMatching(new RegExp(`^${name} is down .*: 2 of 3 voters healthy, quorum 2, no further`)),
		});
		expect(found["quorum-tolerance"]).toMatchObject({
			status: "warn",
			saw: expect.stringContaining("no voter may fail now"),
		});
		expect(found["hashes-equal"]).toMatchObject({ status: "skip", saw: expect.stringContaining(name) });
	});

	it("a member that was stopped and still counts", async () => {
		await kube("scale", "sts", SET, "--replicas=2");
		await kube("wait", `pod/${SET}-2`, "--for=delete", "--timeout=60s");
		const { code, found } = await check();
		await kube("scale", "sts", SET, "--replicas=3");
		await settled();
		expect(code).toBe(3);
		expect(found["members-match"]).toMatchObject({
			status: "fail",
			why: expect.stringContaining("MembersWithoutReplicas"),
			hint: expect.stringContaining("--replicas=3"),
		});
	});

	it("what may not be seen is skipped, and says why", async () => {
		await kube("create", "serviceaccount", "looker");
		await kube(
			"create",
			"role",
			"looker",
			"--verb=get,list",
			"--resource=statefulsets.apps,pods,services,persistentvolumeclaims",
		);
		await kube("create", "role", "dialler", "--verb=get,create", "--resource=pods/portforward");
		for (const role of ["looker", "dialler"])
			await kube("create", "rolebinding", role, `--role=${role}`, "--serviceaccount=mayastor:looker");
		const token = (await kube("create", "token", "looker")).trim();
		const config = JSON.parse(await kube("config", "view", "--raw", "-o", "json"));
		config.users = config.users.map(({ name }: { name: string }) => ({ name, user: { token } }));
		const file = join(folder, "looker.kubeconfig");
		await writeFile(file, JSON.stringify(config), { mode: 0o600 });
		const { code, found } = await check([], file);
		expect(code).toBe(0);
		expect(found["rights-enough"]).toMatchObject({
			status: "warn",
			saw: expect.stringContaining("update statefulsets.apps"),
		});
		for (const [id, resource] of [
			["nodes-enough", "nodes"],
			["storage-ready", "storageclasses"],
			["volumes-placed", "persistentvolumes"],
			["disruption-budget-fits", "poddisruptionbudgets"],
			["pools-online", "diskpools"],
		] as const)
			expect([id, found[id]?.status, found[id]?.saw]).toEqual([
				id,
				"skip",
				expect.stringContaining(`may not list ${resource}`),
			]);
		expect(found["members-healthy"]?.status).toBe("pass");
		expect(found["hashes-equal"]?.status).toBe("pass");
	});

	it("pods that wait for one another, and for a leader", async () => {
		const set = JSON.parse(await kube("get", "sts", SET, "-o", "json"));
		await kube("delete", "sts", SET, "--cascade=orphan");
		const { name, namespace, labels, annotations } = set.metadata;
		const ordered = {
			...set,
			metadata: { name, namespace, labels, annotations },
			spec: { ...set.spec, podManagementPolicy: "OrderedReady" },
			status: undefined,
		};
		await kubectl(kubeconfig, ["create", "-f", "-"], JSON.stringify(ordered));
		await settled();
		expect((await check()).found["pods-start-alone"]).toMatchObject({
			status: "warn",
			saw: "pods wait for one another (OrderedReady), and readiness needs a leader: etcdctl endpoint health",
		});
	});
});
