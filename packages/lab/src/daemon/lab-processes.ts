import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { type ProcessId, processId } from "./process-id.ts";

/** What the lab's own processes run; each is followed by the lab's folder in their arguments. */
export const SUPERVISOR = "supervisor.js";
export const MACHINE = "machine.js";

/**
 * The supervisor and the machine of the lab in `folder`, found by what they run, whoever forgot to write them down.
 */
export function labProcesses(folder: string): ProcessId[] {
	const found: ProcessId[] = [];
	for (const entry of readdirSync("/proc")) {
		if (!/^\d+$/.test(entry)) continue;
		const args = commandLine(Number(entry));
		const belongs = args.some(
			(arg, index) => args[index + 1] === folder && [SUPERVISOR, MACHINE].includes(basename(arg)),
		);
		const id = belongs ? processId(Number(entry)) : undefined;
		if (id) found.push(id);
	}
	return found;
}

export function commandLine(pid: number): string[] {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
	} catch {
		return [];
	}
}
