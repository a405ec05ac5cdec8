import { chmod, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LabError } from "../lab-error.ts";
import type { Running } from "../progress.ts";
import { labProcesses } from "./lab-processes.ts";
import { labCommand } from "./options.ts";
import { isRunning, type ProcessId, signalProcess } from "./process-id.ts";
import { hasLabFolder, readRecord, removeEmptyFolders } from "./record.ts";

/** Until the lab is made to stop. The supervisor gives its machine ten seconds. */
const GRACE = 15_000;
const KILL_TIMEOUT = 10_000;

/**
 * Ends the lab in `folder`, in whatever state it is, and removes its folder. Returns only when no process, mount or
 * file of it is left; otherwise throws LabError LabStopFailed, which names what is.
 */
export async function clearLab(name: string, folder: string, { signal, onProgress }: Running = {}): Promise<void> {
	const record = await readRecord(folder);
	const known = [record?.supervisor, record?.machine].filter((id) => id !== undefined);
	if (record && isRunning(record.supervisor)) {
		onProgress?.({ type: "step", message: `stopping lab "${name}"` });
		signalProcess(record.supervisor, "SIGTERM");
		await untilGone(() => running(folder, known), GRACE, signal);
	}
	const stubborn = running(folder, known);
	for (const id of stubborn) signalProcess(id, "SIGKILL");
	const left = await untilGone(() => running(folder, known), KILL_TIMEOUT, signal);
	if (left.length > 0) throw remains(name, `processes ${left.map(({ pid }) => pid).join(", ")}`);
	const mounts = await mountsUnder(folder);
	if (mounts.length > 0) throw remains(name, `mounts at ${mounts.join(", ")}`);
	await removeFolder(folder);
	if (hasLabFolder(folder)) throw remains(name, `files in ${folder}`);
	await removeEmptyFolders(folder);
}

/** Adds whom it finds to those that are known: one that is ending has no arguments any more, and still runs. */
function running(folder: string, known: ProcessId[]): ProcessId[] {
	const all = new Map([...known.filter(isRunning), ...labProcesses(folder)].map((id) => [id.pid, id]));
	all.delete(process.pid);
	known.splice(0, Number.POSITIVE_INFINITY, ...all.values());
	return [...all.values()];
}

async function untilGone(list: () => ProcessId[], timeout: number, signal?: AbortSignal): Promise<ProcessId[]> {
	const deadline = Date.now() + timeout;
	for (let wait = 5; ; wait = Math.min(100, wait * 2)) {
		const left = list();
		if (left.length === 0 || Date.now() > deadline) return left;
		await sleep(wait, undefined, signal ? { signal } : {});
	}
}

async function mountsUnder(folder: string): Promise<string[]> {
	const lines = (await readFile("/proc/self/mountinfo", "utf8")).split("\n");
	// Spaces and the like are written as octal there.
	const points = lines.map((line) =>
		(line.split(" ")[4] ?? "").replace(/\\(\d{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8))),
	);
	return points.filter((point) => point === folder || point.startsWith(`${folder}/`));
}

/** Members make folders that not even their owner may write to. */
export async function removeFolder(folder: string): Promise<void> {
	const options = { recursive: true, force: true, maxRetries: 3 };
	try {
		await rm(folder, options);
	} catch {
		await allowWriting(folder);
		await rm(folder, options);
	}
}

async function allowWriting(folder: string): Promise<void> {
	await chmod(folder, 0o700);
	for (const entry of await readdir(folder, { withFileTypes: true })) {
		if (entry.isDirectory()) await allowWriting(join(folder, entry.name));
	}
}

function remains(name: string, what: string): LabError {
	return new LabError("LabStopFailed", {
		operation: `stopping lab "${name}"`,
		message: `${what} are left`,
		hint: `see who holds them, end that, and run ${labCommand("down", name)} again`,
	});
}
