import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downLab, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { killOn, kubectl } from "../kubectl.ts";
import { COMMAND, quorate } from "../quorate-command.ts";

const LAB = `other-plan-${process.pid}`;
const SET = ["sts/mayastor-etcd", "-n", "mayastor"];

/** The command on a terminal of its own; `typed` answers what it asks, once it has printed that. */
function onTerminal(folder: string, kubeconfig: string, args: readonly string[]) {
	// a shell in between ends with 130 after a Ctrl-C, whatever the command ended with
	const line = ["exec", process.execPath, COMMAND, ...args].map((word) => `'${word}'`).join(" ");
	const child: ChildProcess = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
		cwd: folder,
		env: { ...process.env, KUBECONFIG: kubeconfig, TERM: "dumb" },
	});
	let seen = "";
	const waiting: { pattern: RegExp; resolve: () => void }[] = [];
	const look = () => {
		for (const { pattern, resolve } of waiting) {
			if (pattern.test(seen)) {
				resolve();
			}
		}
	};
	for (const stream of [child.stdout, child.stderr]) {
		stream?.setEncoding("utf8").on("data", (text: string) => {
			seen += text;
			look();
		});
	}
	const ended = new Promise<{ code: number | null; seen: string }>((resolve) => {
		child.once("close", (code) => resolve({ code, seen: seen.replaceAll("\r\n", "\n") }));
	});
	const printed = (pattern: RegExp) =>
		new Promise<void>((resolve, reject) => {
			waiting.push({ pattern, resolve });
			look();
			ended.then(() => reject(new Error(`it ended before it printed ${pattern}:\n${seen}`)));
		});
	return { printed, type: (text: string) => child.stdin?.write(`${text}\n`), ended };
}

describe("cases: other-plan", () => {
	let kubeconfig: string;
	let folder: string;
	const ask = (...args: string[]) => quorate(kubeconfig, args, { cwd: folder });
	const config = async (...args: string[]) => (await kubectl(kubeconfig, ["config", ...args])).trim();
	const server = () => config("view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}");
	const leases = () => kubectl(kubeconfig, ["get", "leases", "-n", "mayastor", "-o", "name"]);
	const voters = async () =>
		JSON.parse(
			await kubectl(kubeconfig, [
				...["exec", "-n", "mayastor", "mayastor-etcd-0", "-c", "etcd", "--"],
				...["etcdctl", "member", "list", "-w", "json"],
			]),
		).members.length;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-other-plan-"));
		await upLab({ name: LAB, volumes: 6 }, {});
		kubeconfig = await labKubeconfig(LAB);
	});
	afterAll(async () => {
		await downLab(LAB);
		await rm(folder, { recursive: true, force: true });
	});

	it("other-plan: what was approved is not done to a cluster that someone else scaled since", async () => {
		const mine = onTerminal(folder, kubeconfig, ["scale", ...SET, "--replicas", "4"]);
		await mine.printed(/\[y\/N\]/);
		mine.type("maybe");
		await mine.printed(/Please answer y or n/);
		const other = await ask("scale", ...SET, "--replicas", "5", "--yes", "--snapshot", "none");
		expect(other.code, other.stderr).toBe(0);
		mine.type("y");
		const { code, seen } = await mine.ended;
		// the context and the server beside the name: an answer given to the wrong cluster cannot be taken back
		expect(seen).toContain(
			`mayastor/mayastor-etcd (context ${await config("current-context")}, ${await server()}) to 4 `,
		);
		expect(seen).toMatch(/the StatefulSet has 5 replicas now, 3 then/);
		expect(seen).toMatch(/member mayastor-etcd-4 would be removed/);
		expect(seen).toMatch(/nothing was changed/);
		expect(code).toBe(3);
		expect(await voters()).toBe(5);
		expect(await leases()).not.toMatch(/quorate/);
	});

	it("printed commands: a plan ends with the one that applies it, and it can be pasted", async () => {
		const { code, stdout } = await ask("plan", ...SET, "--replicas", "3", "--keep-volumes", "--snapshot", "my file.db");
		expect(code).toBe(0);
		expect(stdout).toMatch(
			/\n\nTo apply: quorate scale [^\n]*sts\/mayastor-etcd -n mayastor --replicas 3 --keep-volumes --snapshot 'my file.db'\n$/,
		);
	});

	it("unfinished run: status shows the goal and both ways out, and the printed one finishes", async () => {
		const run = onTerminal(folder, kubeconfig, ["scale", ...SET, "--replicas", "3", "--yes", "--keep-volumes"]);
		await run.printed(/replicas 4/);
		await run.printed(/✔|√/);
		run.type("\u0003");
		const stopped = await run.ended;
		expect(stopped.code, stopped.seen).toBe(4);
		expect(await leases()).not.toMatch(/quorate/);
		const { stdout } = await ask("status", ...SET);
		expect(stdout).toMatch(/5 → 3/);
		const finish = /quorate scale[^\n;]*--replicas 3[^\n;]*/.exec(stdout.replaceAll(/\n\s+/g, " "))?.[0] ?? "";
		expect(finish).toMatch(/--keep-volumes/);
		expect(stdout).toMatch(/quorate abort/);
		// a terminal that is closed is a Ctrl-C: the change is finished, and the Lease given back
		const hangUp = killOn(/^√ +\d+\//m, "SIGHUP");
		const args = ["scale", ...SET, "--replicas", "3", "--yes"];
		const hungUp = await quorate(kubeconfig, args, { cwd: folder, env: { LC_ALL: "C.UTF-8" }, ...hangUp });
		expect([hungUp.code, hungUp.signal], hungUp.stdout + hungUp.stderr).toEqual([4, null]);
		expect(await leases()).not.toMatch(/quorate/);
		const done = await ask("scale", ...SET, "--replicas", "3", "--yes");
		expect(done.code, done.stderr).toBe(0);
		expect(await voters()).toBe(3);
		const claims = await kubectl(kubeconfig, ["get", "pvc", "-n", "mayastor", "-o", "name"]);
		expect(claims).toMatch(/data-mayastor-etcd-3/);
		expect(claims).toMatch(/data-mayastor-etcd-4/);
	});
});
