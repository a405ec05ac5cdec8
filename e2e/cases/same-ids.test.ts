import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downLab, labFaults, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubectl } from "../kubectl.ts";
import { quorate } from "../quorate-command.ts";

const LAB = `same-ids-${process.pid}`;
const NAMESPACE = ["-n", "mayastor"];

// Each begins where the one before has left the cluster.
describe("same-ids: the first of three lost its disk, and began a cluster of its own under the ids that it had", () => {
	let kubeconfig: string;
	let folder: string;
	const run = (...args: string[]) =>
		quorate(kubeconfig, [...args, ...NAMESPACE], { cwd: folder, env: { XDG_STATE_HOME: folder } });

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-same-ids-"));
		await upLab({ name: LAB, members: 1 }, {});
		kubeconfig = await labKubeconfig(LAB);
	});
	afterAll(async () => {
		await downLab(LAB);
		await rm(folder, { recursive: true, force: true });
	});

	it("the plan says beforehand that the template lets the first pod begin again", async () => {
		const { stdout } = await run("plan", "--replicas", "3");
		expect(stdout).toMatch(/cluster-begins-once/);
		expect(stdout).toContain("quorate rollout sts/mayastor-etcd -n mayastor --persist-initial-cluster");
		const { code, stderr } = await run("scale", "--replicas", "3", "--yes");
		expect(code, stderr).toBe(0);
	});

	it("both sides are named, with the one that holds the data, and no command lowers the replicas", async () => {
		await labFaults(LAB).wipeNode("worker-0");
		let status = await run("status");
		const divided = async () => {
			status = await run("status");
			// a leader that was elected just then sends it all it lacks: then nothing is divided, and it is wiped once more
			if (status.stdout.includes("3 voters, all healthy")) await labFaults(LAB).wipeNode("worker-0");
			return status.stdout;
		};
		// the others' messages make it panic until its term is above theirs, and its container waits longer each time
		await expect.poll(divided, { timeout: 180_000, interval: 200 }).toMatch(/^DIVIDED: /);
		expect(status.code).toBe(1);
		const words = status.stdout.replaceAll(/\s+/g, " ");
		expect(words).toMatch(/mayastor-etcd-0 \(cluster \w+, 1 voter, term \d+, index \d+, revision \d+\) and/);
		expect(words).toMatch(/mayastor-etcd-1, mayastor-etcd-2 \(cluster \w+, 3 voters, .* are ahead in all/);
		expect(words).toContain("Members: unknown Leader: unknown Alarms: unknown");
		expect(status.stdout).toContain("\n  quorate snapshot save mayastor-etcd-1.db sts/mayastor-etcd -n mayastor --pod");
		expect(status.stdout).not.toMatch(/kubectl scale|all healthy/);
	});

	it("nothing is scaled, proven or saved by chance; what each side holds can be saved", async () => {
		for (const args of [
			["scale", "--replicas", "5", "--yes"],
			["scale", "--replicas", "1", "--force", "--yes"],
			["validate"],
			["snapshot", "save", "chance.db"],
		]) {
			const { code, stderr } = await run(...args);
			expect([args, code]).not.toEqual([args, 0]);
			expect(stderr).toContain("mayastor-etcd-1, mayastor-etcd-2");
			expect(stderr).not.toContain("kubectl scale");
		}
		const { code, stdout, stderr } = await run("snapshot", "save", "a.db", "--pod", "mayastor-etcd-1");
		expect(code, stderr).toBe(0);
		expect(stdout).toMatch(/1,17\d keys/);
	});
});

describe("same-ids: the first of three lost its disk, and the template names all members", () => {
	const lab = `${LAB}-named`;
	let kubeconfig: string;
	let folder: string;
	const run = (...args: string[]) =>
		quorate(kubeconfig, [...args, ...NAMESPACE], { cwd: folder, env: { XDG_STATE_HOME: folder } });

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-named-"));
		await upLab({ name: lab, members: 1 }, {});
		kubeconfig = await labKubeconfig(lab);
	});
	afterAll(async () => {
		await downLab(lab);
		await rm(folder, { recursive: true, force: true });
	});

	it("it begins no cluster of its own: two voters are left, with every key", async () => {
		const args = ["scale", "--replicas", "3", "--persist-initial-cluster", "--yes"];
		const refused = await run(...args);
		expect(refused.code).toBe(3);
		// its volume names no node, and the command that binds it is printed
		const [, patch = ""] = / -p '(\{.*\})'/.exec(refused.stderr) ?? [];
		await kubectl(kubeconfig, ["patch", "pv", "etcd-volume-0", "-p", patch]);
		const grown = await run(...args);
		expect(grown.code, grown.stderr).toBe(0);
		await labFaults(lab).wipeNode("worker-0");
		const pod = ["get", "pod", "mayastor-etcd-0", ...NAMESPACE, "-o", "jsonpath={.status.containerStatuses[0]}"];
		const state = async () => kubectl(kubeconfig, pod);
		await expect.poll(state, { timeout: 60_000, interval: 500 }).toMatch(/CrashLoopBackOff/);
		const { code, stdout } = await run("status");
		expect(code).toBe(0);
		expect(stdout).toMatch(/Members: +3 voters, 2 of them healthy/);
		const saved = await run("snapshot", "save", "left.db");
		expect(saved.stdout).toMatch(/1,17\d keys/);
	});
});
