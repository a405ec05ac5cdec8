import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downLab, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcdAtHand } from "../etcd-at-hand.ts";
import { kubectl } from "../kubectl.ts";
import { quorate } from "../quorate-command.ts";

const LAB = `zones-${process.pid}`;
const ZONES = ["etcd-a", "etcd-b", "etcd-c"];
const SET = ["sts/etcd-a", "-n", "zones"];
const POSSIBLE = await etcdAtHand("one etcd over several StatefulSets", "3.5.35");

describe.skipIf(!POSSIBLE)("zones: one etcd over several StatefulSets", () => {
	let kubeconfig: string;
	let folder: string;
	const kube = (...args: string[]) => kubectl(kubeconfig, ["-n", "zones", ...args]);
	const run = (...args: string[]) => quorate(kubeconfig, args, { cwd: folder, env: { XDG_STATE_HOME: folder } });
	const restore = () => run("snapshot", "restore", "z.db", ...SET, "--runbook");
	const oneLine = (text: string) => text.replaceAll(/\n\s*/g, " ");
	const scaled = async (replicas: 0 | 1, ...sets: string[]) => {
		for (const set of sets) await kube("scale", `sts/${set}`, `--replicas=${replicas}`);
	};
	const allWell = async () => {
		for (const set of ZONES)
			await kube("wait", `sts/${set}`, "--for=jsonpath={.status.readyReplicas}=1", "--timeout=60s");
	};

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-zones-"));
		await upLab({ name: LAB, members: 1, nodes: 4, empty: true, etcdVersion: "3.5.35" }, {});
		kubeconfig = await labKubeconfig(LAB);
		await kubectl(kubeconfig, ["apply", "-f", new URL("zones.yaml", import.meta.url).pathname]);
		await allWell();
		await kube("exec", "etcd-a-0", "--", "etcdctl", "put", "/kept", "1");
	});
	afterAll(async () => {
		await downLab(LAB);
		await rm(folder, { recursive: true, force: true });
	});

	it("status says so in one line, and shows the members' pods; validate and snapshot save take in all members", async () => {
		const { code, stdout } = await run("status", ...SET);
		expect(code, stdout).toBe(0);
		expect(stdout).toMatch(/\nSpans: +StatefulSet\/etcd-a, StatefulSet\/etcd-b, StatefulSet\/etcd-c;.*\nLeader:/);
		for (const zone of ["b", "c"])
			expect(stdout).toMatch(new RegExp(`etcd-${zone}-0 .* healthy .* Ready \\(etcd-${zone}\\) .* worker-\\d`));
		const proof = await run("validate", ...SET);
		expect(proof.code, proof.stderr).toBe(0);
		expect(proof.stdout).toContain("equal on all 3 members");
		const saved = await run("snapshot", "save", "z.db", ...SET);
		expect(saved.code, saved.stderr).toBe(0);
	});

	it("check, plan and rollout give this as the only reason, and change nothing", async () => {
		const before = await kube("get", "sts", "-o", "jsonpath={.items[*].metadata.generation}");
		for (const args of [["check"], ["plan", "--replicas", "3"], ["scale", "--replicas", "5", "--yes"], ["rollout"]]) {
			const refused = await run(...args, ...(args[0] === "rollout" ? ["--yes"] : []), ...SET);
			const said = oneLine(refused.stdout + refused.stderr);
			expect(refused.code, said).toBe(3);
			expect(said).toContain("spans StatefulSet/etcd-a and StatefulSet/etcd-b, StatefulSet/etcd-c");
			expect(said).not.toMatch(/name of another|is no member|dead voter|on 1 node|etcd-a-1|new members can join/);
		}
		expect(await kube("get", "sts", "-o", "jsonpath={.items[*].metadata.generation}")).toBe(before);
	});

	it("a runbook for one of the StatefulSets is refused: it would begin a second cluster", async () => {
		const refused = await restore();
		expect(refused).toMatchObject({ code: 3, stdout: "" });
		expect(oneLine(refused.stderr)).toMatch(
			/not pods of it: etcd-b-0, etcd-c-0 \(they are of StatefulSet\/etcd-b, StatefulSet\/etcd-c\).* second cluster .*state: nothing was changed/,
		);
	});

	it("quorum lost because the others are scaled away: brings these back, and prints no runbook", async () => {
		await scaled(0, "etcd-b", "etcd-c");
		const status = async () => (await run("status", ...SET)).stdout;
		await expect.poll(status, { timeout: 30_000, interval: 300 }).toMatch(/^QUORUM LOST: 1 of 3 members answers/);
		const lost = await status();
		expect(oneLine(lost)).toContain(
			"etcd-b-0, etcd-c-0 are of StatefulSet/etcd-b, StatefulSet/etcd-c: bring them back.",
		);
		expect(lost).not.toContain("--runbook");
		const refused = await restore();
		expect(refused).toMatchObject({ code: 3, stdout: "" });
		const commands = [...lost.matchAll(/^ {2}kubectl (scale sts .*)$/gm)].map(([, command = ""]) => command);
		expect(commands).toHaveLength(2);
		for (const command of commands) {
			expect(oneLine(refused.stderr)).toContain(command);
			await kubectl(kubeconfig, command.split(" "));
		}
		await allWell();
		expect(await kube("exec", "etcd-a-0", "--", "etcdctl", "get", "/kept")).toContain("1");
	});

	it("with no pod of its own to ask, what the snapshot records tells, and the template", async () => {
		await scaled(0, "etcd-a");
		await kube("wait", "pod/etcd-a-0", "--for=delete", "--timeout=60s");
		const bySnapshot = await restore();
		expect(bySnapshot).toMatchObject({ code: 3, stdout: "" });
		expect(oneLine(bySnapshot.stderr)).toContain("cannot be pods of etcd-a: etcd-b-0, etcd-c-0");
		const { stdout } = await run("status", ...SET);
		expect(oneLine(stdout)).toMatch(/^STOPPED: .* its template also names etcd-b-0, etcd-c-0/);
		await scaled(1, "etcd-a");
		await allWell();
	});
});
