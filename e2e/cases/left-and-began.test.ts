import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downLab, labFaults, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { killOn, kubectl } from "../kubectl.ts";
import { quorate } from "../quorate-command.ts";
import { keptByHint } from "../torture/expected.ts";

const LAB = `left-and-began-${process.pid}`;
const NAMESPACE = ["-n", "mayastor"];
const POD = "mayastor-etcd-1";

// Each begins where the one before has left the cluster.
describe("left-and-began: the second of two was taken out, lost its disk, and began a cluster of its own", () => {
	let kubeconfig: string;
	let folder: string;
	const run = (args: readonly string[], settings: object = {}) =>
		quorate(kubeconfig, [...args, ...NAMESPACE], { cwd: folder, env: { XDG_STATE_HOME: folder }, ...settings });
	const etcdctl = (pod: string, ...args: string[]) =>
		kubectl(kubeconfig, ["exec", pod, ...NAMESPACE, "--", "etcdctl", ...args]);
	const down = ["scale", "--replicas", "1", "--force", "--yes", "-o", "json"];

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-left-and-began-"));
		await upLab({ name: LAB, members: 1 }, {});
		kubeconfig = await labKubeconfig(LAB);
		const grown = await run(["scale", "--replicas", "2", "--yes"]);
		expect(grown.code, grown.stderr).toBe(0);
	});
	afterAll(async () => {
		await downLab(LAB);
		await rm(folder, { recursive: true, force: true });
	});

	it("status says so, and still knows whose cluster it is", async () => {
		const killed = await run(down, killOn(/^√ .*to leave/m));
		expect(killed.signal, killed.stderr).toBe("SIGKILL");
		const [, id = ""] = new RegExp(`^(\\w+), started, ${POD}`, "m").exec(await etcdctl(POD, "member", "list")) ?? [];
		// refused until both have been connected for five seconds
		const remove = () => etcdctl("mayastor-etcd-0", "member", "remove", id).catch(String);
		await expect.poll(remove, { timeout: 30_000, interval: 500 }).toContain("removed from cluster");
		await labFaults(LAB).wipeNode("worker-1");
		const put = () => etcdctl(POD, "put", "/written-to-the-other", "value").catch(String);
		await expect.poll(put, { timeout: 90_000, interval: 500 }).toBe("OK\n");
		const { code, stdout } = await run(["status"]);
		expect(code).toBe(1);
		expect(stdout).toMatch(/^APART: mayastor-etcd-1 \(\w+, at revision 2\) is no member/);
		expect(stdout).toContain("\n  quorate snapshot save mayastor-etcd-1.db sts/mayastor-etcd -n mayastor --pod");
		expect(stdout).toContain("\n  finish it:    quorate scale sts/mayastor-etcd -n mayastor --replicas 1");
		expect(stdout).toMatch(/Members: +1 voter, all healthy/);
		expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
			`${POD}: this pod is not a member of the cluster: it began a cluster of its own`,
		);
		const saved = await run(["snapshot", "save", "other.db", "--pod", POD]);
		expect(saved.code, saved.stderr).toBe(0);
		expect(saved.stdout).toMatch(/\b1 key\b/);
	});

	it("the same command sends its pod away, and does not touch what was written to it", async () => {
		const { code, stderr } = await run(down);
		expect(code, stderr).toBe(4);
		const error = JSON.parse(stderr.trim().split("\n").at(-1) ?? "");
		expect(error.message).toMatch(/VolumeNotTheMembers/);
		expect(keptByHint(error)).toBe(1);
		expect(
			await kubectl(kubeconfig, ["get", "sts", "mayastor-etcd", ...NAMESPACE, "-o", "jsonpath={.spec.replicas}"]),
		).toBe("1");
		expect(await kubectl(kubeconfig, ["get", "pods", ...NAMESPACE, "-l", "app=etcd", "-o", "name"])).toBe(
			"pod/mayastor-etcd-0\n",
		);
	});

	it("with its volume kept, the run ends, and every key is there", async () => {
		const { code, stdout, stderr } = await run([...down, "--keep-volumes"]);
		expect(code, stderr).toBe(0);
		expect(JSON.parse(stdout)).toMatchObject({ to: 1 });
		expect(await kubectl(kubeconfig, ["get", "pvc", ...NAMESPACE, "-o", "name"])).toContain(`data-${POD}`);
		const { stdout: status } = await run(["status"]);
		expect(status).toMatch(/Scaling: +none unfinished/);
	});
});
