import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { downLab, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../accident-cluster.ts";
import { kubectl, run } from "../kubectl.ts";
import { COMMAND, quorate } from "../quorate-command.ts";
import { commandsIn, programs, type } from "../runbook.ts";

const LAB = `snapshot-file-${process.pid}`;
const SET = ["sts/etcd", "-n", "snapshot-file"];

describe("cases: snapshot file cannot be written, runbook", () => {
	let kubeconfig: string;
	let folder: string;
	const ask = (...args: string[]) => quorate(kubeconfig, args, { cwd: folder });
	const etcdctl = (line: string) =>
		kubectl(kubeconfig, ["exec", "-n", "snapshot-file", "etcd-0", "--", "sh", "-c", `etcdctl ${line}`]);

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-snapshot-file-"));
		await upLab({ name: LAB, members: 1, nodes: 3, empty: true }, {});
		kubeconfig = await labKubeconfig(LAB);
		await kubectl(kubeconfig, ["apply", "-f", fileURLToPath(new URL("snapshot-file.yaml", import.meta.url))]);
		await kubectl(kubeconfig, [
			...["wait", "-n", "snapshot-file", "sts/etcd", "--for=jsonpath={.status.readyReplicas}=1", "--timeout=60s"],
		]);
		await until("etcd takes a key", () =>
			etcdctl("put /key before").then(
				() => true,
				() => false,
			),
		);
	});
	afterAll(async () => {
		await downLab(LAB);
		await rm(folder, { recursive: true, force: true });
	});

	it("a folder that does not exist is reported by plan, and scale changes nothing", async () => {
		for (const command of [["plan"], ["scale", "--yes"]]) {
			const { code, stderr } = await ask(...command, ...SET, "--replicas", "3", "--snapshot", "none/such.db");
			expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining("mkdir -p") });
		}
		await writeFile(join(folder, "taken.db"), "");
		const taken = await ask("plan", ...SET, "--replicas", "3", "--snapshot", "taken.db");
		expect(taken).toMatchObject({ code: 3, stderr: expect.stringContaining("choose another name") });
		expect((await ask("snapshot", "save", "none/such.db", ...SET)).stderr).toContain(`mkdir -p ${folder}/none`);
	});

	it("snapshot save - writes a whole snapshot to stdout, and nothing else", async () => {
		const line = `"${process.execPath}" "${COMMAND}" snapshot save - ${SET.join(" ")} > piped.db`;
		const env = { ...process.env, KUBECONFIG: kubeconfig };
		const { code, stderr } = await run("sh", ["-c", line], { cwd: folder, env });
		expect(code, stderr).toBe(0);
		expect(stderr).toContain("Snapshot saved and verified: stdout");
		expect(await ask("snapshot", "verify", "piped.db")).toMatchObject({ code: 0 });
	});

	it("the runbook replaces a write-ahead log in a folder of its own, and does nothing as a script", async () => {
		await programs(folder);
		const args = ["snapshot", "restore", "piped.db", ...SET, "--runbook", "--shell-image", "etcd:latest"];
		await etcdctl("put /key after");
		const { code, stdout, stderr } = await ask(...args);
		expect(code, stderr).toBe(0);
		await writeFile(join(folder, "runbook.sh"), stdout);
		expect(await run("sh", ["runbook.sh"], { cwd: folder })).toMatchObject({ code: 2, stdout: "" });
		const [, , ...commands] = commandsIn(stdout);
		for (const command of commands) await type(command, folder, kubeconfig);
		expect(await etcdctl("get /key --print-value-only")).toBe("before\n");
		const kept = await kubectl(kubeconfig, [
			...["exec", "-n", "snapshot-file", "etcd-0", "--", "sh", "-c", "ls /var/lib/etcd/data/.before-restore-*"],
		]);
		expect(kept.split("\n")).toEqual(expect.arrayContaining(["member", "wal"]));
		expect((await readdir(folder)).filter((name) => name.endsWith(".part"))).toEqual([]);
		expect((await readFile(join(folder, "piped.db"))).length).toBeGreaterThan(0);
	});
});
