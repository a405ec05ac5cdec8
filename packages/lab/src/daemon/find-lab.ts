import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { labsFolder } from "../binaries/folders.ts";
import { LabError } from "../lab-error.ts";
import type { LabInfo } from "./lab-info.ts";
import { labCommand, parseName } from "./options.ts";
import { hasLabFolder, isAlive, kubeconfigPath, type LabRecord, logPath, readRecord } from "./record.ts";

export interface Found {
	folder: string;
	info: LabInfo;
	record: LabRecord | undefined;
}

export async function find(name: string | undefined): Promise<Found> {
	const parsed = parseName(name);
	const folder = join(labsFolder(), parsed);
	if (!hasLabFolder(folder)) throw await notFound(parsed);
	const record = await readRecord(folder);
	const { since, port, members, nodes, etcd } = record ?? NOTHING_KNOWN;
	const phase = record && isAlive(record) ? record.phase : "dead";
	const files = { kubeconfig: kubeconfigPath(folder), log: logPath(folder) };
	return { folder, record, info: { name: parsed, phase, since, port, ...files, members, nodes, etcd } };
}

/** Of a lab that was interrupted before it could write anything down. */
const NOTHING_KNOWN = { since: "", port: 0, members: 0, nodes: 0, etcd: { version: "", folder: "" } };

/** One that is up. Throws LabError LabNotFound. */
export async function findUp(name: string | undefined, operation: string): Promise<Found> {
	const found = await find(name);
	if (found.info.phase !== "dead" && found.info.port !== 0) return found;
	throw new LabError("LabNotFound", {
		operation,
		message: `lab "${found.info.name}" is not up: its processes are gone`,
		hint: `clear it with ${labCommand("down", found.info.name)}, and bring it up again with ${labCommand("up", found.info.name)}`,
	});
}

export async function notFound(name: string): Promise<LabError> {
	const others = await readdir(labsFolder()).catch(() => []);
	return new LabError("LabNotFound", {
		operation: `looking for lab "${name}"`,
		message: `no lab named "${name}"`,
		hint: others.length > 0 ? `there are: ${others.sort().join(", ")}` : `bring one up with ${labCommand("up", name)}`,
	});
}
