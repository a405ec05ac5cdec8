import { readdir } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { labsFolder } from "../binaries/folders.ts";
import { withLock } from "../binaries/lock.ts";
import type { Running } from "../progress.ts";
import { askControl } from "./control.ts";
import { dialThrough } from "./dial.ts";
import { clearLab } from "./down.ts";
import { find, findUp, notFound } from "./find-lab.ts";
import type { LabInfo, LabStatus } from "./lab-info.ts";
import { labProcesses } from "./lab-processes.ts";
import { labMemory } from "./memory.ts";
import type { MachineStatus } from "./messages.ts";
import { parseName, type UpOptions } from "./options.ts";
import { hasLabFolder } from "./record.ts";
import { bringUp, labLock } from "./up.ts";

/** Starts a lab and returns when its members are Ready (or see `wait`). It lives on when this process ends. */
export async function upLab(options: UpOptions = {}, running: Running = {}): Promise<LabInfo> {
	await bringUp(options, running);
	return (await find(options.name)).info;
}

/**
 * Ends a lab, in whatever state it is: afterwards no process, mount or file of it is left. Throws LabError
 * LabNotFound, LabStopFailed.
 */
export async function downLab(name?: string, running: Running = {}): Promise<void> {
	const parsed = parseName(name);
	const folder = join(labsFolder(), parsed);
	await withLock(
		labLock(folder),
		async () => {
			// A folder removed by hand leaves processes, which are found without it.
			if (!hasLabFolder(folder) && labProcesses(folder).length === 0) throw await notFound(parsed);
			await clearLab(parsed, folder, running);
		},
		running.signal,
	);
}

/** Throws LabError LabNotFound. */
export async function statusLab(name?: string): Promise<LabStatus> {
	const { folder, info, record } = await find(name);
	if (!record || info.phase === "dead") return info;
	const machine = await askControl<MachineStatus>(folder, "/ask", { kind: "status" }).catch(() => undefined);
	return { ...info, memory: labMemory(record.supervisor.pid), ...(machine ? { machine } : {}) };
}

/** All labs of this user, by name. */
export async function listLabs(): Promise<LabInfo[]> {
	const names = await readdir(labsFolder()).catch(() => []);
	const found = await Promise.all(names.sort().map((name) => find(name).catch(() => undefined)));
	return found.flatMap((lab) => (lab ? [lab.info] : []));
}

/** Path of the kubeconfig's file, for `KUBECONFIG` or `--kubeconfig`. Throws LabError LabNotFound. */
export async function labKubeconfig(name?: string): Promise<string> {
	return (await findUp(name, "looking for the lab's kubeconfig")).info.kubeconfig;
}

/**
 * A connection to an address inside the lab: of a pod or a Service, or one of the names that its pods know. Throws
 * LabError LabNotFound, DialFailed.
 */
export async function dialLab(name: string | undefined, host: string, port: number): Promise<Duplex> {
	const { folder } = await findUp(name, `connecting to ${isIPv6(host) ? `[${host}]` : host}:${port} in the lab`);
	return dialThrough(folder, host, port);
}
