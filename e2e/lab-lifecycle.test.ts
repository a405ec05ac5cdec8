import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { dialLab, downLab, labKubeconfig, statusLab, type UpOptions, upLab } from "quorate-lab";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { kubectl } from "./kubectl.ts";

/** One member is up soonest; how many there are makes no difference here. */
const SMALL: UpOptions = { members: 1, nodes: 1, volumes: 5 };

let home: string;
const before = process.env.XDG_STATE_HOME;

beforeAll(async () => {
	home = await mkdtemp(join(tmpdir(), "quorate-lifecycle-"));
	process.env.XDG_STATE_HOME = home;
});

afterEach(async () => {
	for (const name of await labs()) await downLab(name);
});

afterAll(async () => {
	if (before === undefined) delete process.env.XDG_STATE_HOME;
	else process.env.XDG_STATE_HOME = before;
	await rm(home, { recursive: true });
});

const labs = () => readdir(join(home, "quorate/labs")).catch(() => []);
const record = async (name = "lab") => JSON.parse(await readFile(join(home, "quorate/labs", name, "lab.json"), "utf8"));

/** The supervisor, the machine, and what makes its namespaces. All pods end with the machine's process namespace. */
async function processes(): Promise<string[]> {
	const found: string[] = [];
	for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
		const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
		if (command.includes(join(home, "quorate")) && !command.includes("await upLab")) found.push(command);
	}
	return found;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
	const deadline = Date.now() + 30_000;
	while (!(await isSo())) {
		if (Date.now() > deadline) throw new Error("it never came to be so");
		await sleep(20);
	}
}

const nothingLeft = async () => (await labs()).length === 0 && (await processes()).length === 0;

describe("a lab that is up", () => {
	it("tells how it is, can be dialled, and refuses a second one of its name", async () => {
		const info = await upLab({ ...SMALL, members: 3, nodes: 4 });
		expect(info).toMatchObject({ name: "lab", phase: "up", members: 3, nodes: 4 });
		const status = await statusLab();
		expect(status.machine?.nodes).toHaveLength(4);
		expect(status.machine?.pods.map(({ name, ready }) => [name, ready])).toEqual(
			[0, 1, 2].map((ordinal) => [`mayastor-etcd-${ordinal}`, true]),
		);
		expect(status.memory?.etcd).toBeGreaterThan(10e6);
		expect(status.memory?.lab).toBeLessThan(300e6);
		await expect(upLab(SMALL)).rejects.toMatchObject({ code: "LabExists" });
		const stream = await dialLab("lab", "mayastor-etcd.mayastor.svc.cluster.local", 2379);
		stream.write("GET /health HTTP/1.1\r\nHost: etcd\r\nConnection: close\r\n\r\n");
		expect(await text(stream)).toContain('"health":"true"');
		const refused = dialLab("lab", "mayastor-etcd.mayastor.svc.cluster.local", 4444);
		await expect(refused).rejects.toMatchObject({ code: "DialFailed" });
		await expect(dialLab("lab", "nowhere.mayastor", 1)).rejects.toMatchObject({ code: "DialFailed" });
	});

	it("keeps Mayastor's keys, and a lease key that comes and goes", async () => {
		await upLab({ ...SMALL, volumes: 200 });
		const kubeconfig = await labKubeconfig();
		const list = "etcdctl get --prefix --keys-only /openebs.io/mayastor 2>/dev/null | grep .";
		const keys = async () => {
			const args = ["exec", "-n", "mayastor", "mayastor-etcd-0", "--", "sh", "-c", list];
			return (await kubectl(kubeconfig, args)).trim().split("\n");
		};
		const locks = async () => (await keys()).filter((key) => key.includes("/StoreLeaseLock/CoreAgent/"));
		expect((await keys()).length).toBeGreaterThan(600);
		await until(async () => (await locks()).length > 0);
		const [first] = await locks();
		await until(async () => !(await locks()).includes(first ?? ""));
	});

	it("comes up by itself where nobody waits for it", async () => {
		await upLab({ ...SMALL, wait: false });
		await until(async () => (await statusLab()).phase === "up");
		expect((await statusLab()).machine?.pods.map(({ ready }) => ready)).toEqual([true]);
	});

	it("goes down with its supervisor, and can be brought up again over what is left", async () => {
		await upLab(SMALL);
		process.kill((await record()).supervisor.pid, "SIGKILL");
		await until(async () => (await processes()).length === 0);
		expect((await statusLab()).phase).toBe("dead");
		await expect(labKubeconfig()).rejects.toMatchObject({ code: "LabNotFound" });
		expect(await upLab(SMALL)).toMatchObject({ phase: "up" });
	});

	it("goes down with its machine, and keeps its log until it is cleared", async () => {
		await upLab(SMALL);
		process.kill((await record()).machine.pid, "SIGKILL");
		await until(async () => (await processes()).length === 0);
		const status = await statusLab();
		expect(status.phase).toBe("dead");
		expect(await readFile(status.log, "utf8")).toContain("SIGKILL");
		await downLab();
		expect(await nothingLeft()).toBe(true);
		await expect(downLab()).rejects.toMatchObject({ code: "LabNotFound" });
	});
});

describe("a lab that does not come up", () => {
	it.each([0, 150, 400, 800])("leaves nothing when it is interrupted after %i ms", async (after) => {
		const interrupt = new AbortController();
		const up = upLab(SMALL, { signal: interrupt.signal });
		await Promise.race([sleep(after), up.catch(() => undefined)]);
		interrupt.abort(new Error("enough"));
		await up.then(
			() => downLab(),
			(error: unknown) => expect(String(error)).toContain("enough"),
		);
		expect(await nothingLeft()).toBe(true);
	});

	it.each([200, 500])("leaves nothing when who asked for it is killed after %i ms", async (after) => {
		const door = JSON.stringify(import.meta.resolve("quorate-lab"));
		const script = `import { upLab } from ${door};
			console.log("begins");
			await upLab({ members: 1, nodes: 1 }, { onProgress: ({ message }) => console.log(message) });
			console.log("is up");`;
		const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
			stdio: ["ignore", "pipe", "inherit"],
		});
		let output = "";
		child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
			output += chunk;
		});
		await until(async () => output.includes("begins"));
		await sleep(after);
		child.kill("SIGKILL");
		await once(child, "close");
		// It may have been up by then, and then it stays.
		if (!output.includes("is up")) await until(async () => (await processes()).length === 0);
		// Killed before there was anybody to clear it away, an empty folder may be left.
		if ((await labs()).length > 0) await downLab();
		expect(await nothingLeft()).toBe(true);
	});

	it("says so when its port is taken", async () => {
		const server = createServer().listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		const failed = upLab({ ...SMALL, port });
		await expect(failed).rejects.toMatchObject({ code: "LabStartFailed", message: `port ${port} is in use` });
		server.close();
		expect(await nothingLeft()).toBe(true);
	});

	it("says how far it came when it takes too long", async () => {
		const failed = upLab({ ...SMALL, timeout: 300 });
		await expect(failed).rejects.toMatchObject({ code: "LabStartFailed", message: "it was not up after 0.3 s" });
		expect(await nothingLeft()).toBe(true);
	});

	it.each<UpOptions>([{ members: 0 }, { members: 3, nodes: 2 }, { name: "../x" }, { etcdVersion: "newest" }])(
		"touches nothing when it is asked for %j",
		async (options) => {
			await expect(upLab(options)).rejects.toMatchObject({ code: "InvalidOption" });
			expect(await nothingLeft()).toBe(true);
		},
	);
});
