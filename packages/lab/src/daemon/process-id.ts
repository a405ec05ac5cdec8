import { readFileSync } from "node:fs";

/** A process, told apart from a later one that was given the same number. */
export interface ProcessId {
	pid: number;
	/** boot and time of its start, as the kernel counts them */
	started: string;
}

/** Undefined where no such process runs (one that has ended and was not collected yet does not run). */
export function processId(pid: number): ProcessId | undefined {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		// The name, in parentheses, may hold anything: count from behind it.
		const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		if (fields[0] === "Z" || fields[0] === "X") return undefined;
		return { pid, started: `${bootId()}:${fields[19]}` };
	} catch {
		return undefined;
	}
}

export function isRunning({ pid, started }: ProcessId): boolean {
	return processId(pid)?.started === started;
}

/** Sends a signal to that very process; false where it does not run any more. */
export function signalProcess(id: ProcessId, signal: NodeJS.Signals): boolean {
	if (!isRunning(id)) return false;
	try {
		return process.kill(id.pid, signal);
	} catch {
		return false;
	}
}

function bootId(): string {
	return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
