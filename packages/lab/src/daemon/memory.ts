import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { commandLine } from "./lab-processes.ts";

export interface LabMemory {
	/** bytes of the lab's own processes: supervisor, API server and nodes, sandboxes */
	lab: number;
	/** bytes of the pods' etcd processes */
	etcd: number;
}

/** What a lab takes, counted over all descendants of its supervisor; shared pages count by their share. */
export function labMemory(supervisor: number): LabMemory {
	const memory: LabMemory = { lab: 0, etcd: 0 };
	for (const pid of [supervisor, ...descendants(supervisor)]) {
		memory[basename(commandLine(pid)[0] ?? "") === "etcd" ? "etcd" : "lab"] += memoryOf(pid);
	}
	return memory;
}

function descendants(root: number): number[] {
	const children = new Map<number, number[]>();
	for (const entry of readdirSync("/proc")) {
		if (!/^\d+$/.test(entry)) continue;
		const pid = Number(entry);
		const parent = parentOf(pid);
		if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
	}
	const found: number[] = [];
	const queue = [root];
	for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
		const below = children.get(pid) ?? [];
		found.push(...below);
		queue.push(...below);
	}
	return found;
}

function parentOf(pid: number): number | undefined {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
	} catch {
		return undefined;
	}
}

function memoryOf(pid: number): number {
	for (const [file, line] of [
		["smaps_rollup", /^Pss:\s+(\d+) kB/m],
		["status", /^VmRSS:\s+(\d+) kB/m],
	] as const) {
		try {
			const match = line.exec(readFileSync(`/proc/${pid}/${file}`, "utf8"));
			if (match) return Number(match[1]) * 1024;
		} catch {
			// gone, or not ours to read
		}
	}
	return 0;
}
