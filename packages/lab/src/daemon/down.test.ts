import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clearLab } from "./down.ts";
import { labProcesses } from "./lab-processes.ts";
import { isRunning, type ProcessId, processId } from "./process-id.ts";
import { type LabRecord, writeRecord } from "./record.ts";

let root: string;
let folder: string;
let children: ChildProcess[];

beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), "quorate down "));
	folder = join(root, "lab");
	await mkdir(folder);
	children = [];
});

afterEach(async () => {
	for (const child of children) child.kill("SIGKILL");
	await rm(root, { recursive: true, force: true });
});

/** A process that looks like one of the lab's by its arguments. */
async function start(program: string, body: string): Promise<{ child: ChildProcess; id: ProcessId }> {
	const file = join(root, program);
	await writeFile(file, `${body}; setInterval(() => {}, 1000); console.log("ready");`);
	const child = spawn(process.execPath, [file, folder], { stdio: ["ignore", "pipe", "inherit"] });
	children.push(child);
	if (child.stdout) await once(child.stdout, "data");
	const id = processId(child.pid ?? 0);
	if (!id) throw new Error("it did not start");
	return { child, id };
}

function record(supervisor: ProcessId, machine?: ProcessId): LabRecord {
	const etcd = { version: "3.5.9", folder: "/" };
	const more = machine ? { machine } : {};
	return { name: "lab", since: "", phase: "up", port: 1, members: 3, nodes: 5, etcd, supervisor, ...more };
}

describe("clearLab", () => {
	it("ends a supervisor that listens, and removes its folder", async () => {
		const { child, id } = await start("supervisor.js", 'process.on("SIGTERM", () => process.exit(0))');
		await writeRecord(folder, record(id));
		const ended = once(child, "exit");
		await clearLab("lab", folder);
		expect(await ended).toEqual([0, null]);
		expect(existsSync(folder)).toBe(false);
	});

	it("kills a machine whose supervisor is gone, though nothing was written down", async () => {
		const { id } = await start("machine.js", 'process.on("SIGTERM", () => {})');
		expect(labProcesses(folder)).toEqual([id]);
		await clearLab("lab", folder);
		expect(isRunning(id)).toBe(false);
		expect(existsSync(folder)).toBe(false);
	});

	it("leaves a process alone that was given the number of one of ours", async () => {
		const { id } = await start("something-else.js", "");
		await writeRecord(folder, record({ pid: id.pid, started: "an earlier boot:1" }));
		await clearLab("lab", folder);
		expect(isRunning(id)).toBe(true);
		expect(existsSync(folder)).toBe(false);
	});

	it("leaves another lab's processes alone", async () => {
		const { id } = await start("machine.js", "");
		const other = join(root, "lab-2");
		await mkdir(other);
		await clearLab("lab-2", other);
		expect(isRunning(id)).toBe(true);
		expect(existsSync(folder)).toBe(true);
	});

	it("removes what its owner may not even write to, or that was half made", async () => {
		await mkdir(join(folder, "nodes/member/snap"), { recursive: true });
		await writeFile(join(folder, "nodes/member/snap/db"), "");
		await writeFile(join(folder, "lab.json"), '{"name":');
		await chmod(join(folder, "nodes/member/snap"), 0o500);
		await chmod(join(folder, "nodes/member"), 0o000);
		await clearLab("lab", folder);
		expect(existsSync(folder)).toBe(false);
	});
});

describe("processId", () => {
	it("knows a process from a later one of the same number", () => {
		const self = processId(process.pid);
		expect(self && isRunning(self)).toBe(true);
		expect(isRunning({ pid: process.pid, started: "another" })).toBe(false);
		expect(processId(2 ** 22 + 1)).toBeUndefined();
	});
});
