import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isRunning, type ProcessId } from "./process-id.ts";

/** What is known of a lab from outside: `lab.json` in its folder. */
export interface LabRecord {
	name: string;
	/** ISO 8601 */
	since: string;
	phase: "starting" | "up" | "stopping" | "failed";
	/** of the API server, on 127.0.0.1; 0 as long as it has none */
	port: number;
	members: number;
	nodes: number;
	etcd: { version: string; folder: string };
	supervisor: ProcessId;
	machine?: ProcessId;
}

export const kubeconfigPath = (folder: string) => join(folder, "kubeconfig");
export const logPath = (folder: string) => join(folder, "lab.log");

/** Undefined where there is none, or nothing that can be read. */
export async function readRecord(folder: string): Promise<LabRecord | undefined> {
	try {
		return JSON.parse(await readFile(join(folder, "lab.json"), "utf8"));
	} catch {
		return undefined;
	}
}

/** Whoever reads it sees the former one or this one, never a part. */
export async function writeRecord(folder: string, record: LabRecord): Promise<void> {
	const file = join(folder, "lab.json");
	await writeFile(`${file}.${process.pid}`, `${JSON.stringify(record, undefined, "\t")}\n`, { mode: 0o600 });
	await rename(`${file}.${process.pid}`, file);
}

export async function createLabFolder(folder: string): Promise<void> {
	for (let tries = 0; ; tries++) {
		await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
		try {
			return await mkdir(folder, { mode: 0o700 });
		} catch (error) {
			// Another lab went down in between, as the last one, and took the folder above with it.
			if ((error as NodeJS.ErrnoException).code !== "ENOENT" || tries === 10) throw error;
		}
	}
}

/** Removes the folders that hold labs where they hold none any more. */
export async function removeEmptyFolders(folder: string): Promise<void> {
	for (const above of [dirname(folder), dirname(dirname(folder))]) await rmdir(above).catch(() => undefined);
}

export function hasLabFolder(folder: string): boolean {
	return existsSync(folder);
}

export function isAlive(record: LabRecord): boolean {
	return isRunning(record.supervisor);
}
