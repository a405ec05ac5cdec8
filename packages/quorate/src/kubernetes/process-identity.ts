import { readFileSync, readlinkSync } from "node:fs";
import { hostname, userInfo } from "node:os";

/** "ann@laptop pid 4711": who runs this, for those who meet it. */
export function describeProcess(): string {
	return `${userName()}@${hostname()} pid ${process.pid}`;
}

/**
 * This process, told from any other there is or was on any machine: boot, pid namespace, pid, start. Undefined where
 * the system does not tell (it is Linux that does).
 */
export function processIdentity(): string | undefined {
	try {
		return [...place(), process.pid, startOf(process.pid)].join(" ");
	} catch {
		return undefined;
	}
}

/** Whether that process was one of this very machine and boot, and is no more. False wherever that is not certain. */
export function isGone(identity: string): boolean {
	const [boot, namespace, pid, start, ...rest] = identity.split(" ");
	if (!start || rest.length > 0 || !/^\d+$/.test(pid ?? "")) return false;
	try {
		const [ownBoot, ownNamespace] = place();
		if (boot !== ownBoot || namespace !== ownNamespace) return false;
	} catch {
		return false;
	}
	try {
		return startOf(Number(pid)) !== start;
	} catch (error) {
		// Processes of others may be hidden, but not from kill(2).
		return error instanceof Error && "code" in error && error.code === "ENOENT" && !answers(Number(pid));
	}
}

function place(): string[] {
	return [readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(), readlinkSync("/proc/self/ns/pid")];
}

/**
 * Field 22 of /proc/PID/stat, in ticks since boot; the fields before may hold spaces and parentheses up to the last one.
 * "" for one that has ended and only waits for its parent to notice.
 */
function startOf(pid: number): string {
	const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
	const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	return fields[0] === "Z" || fields[0] === "X" ? "" : (fields[19] ?? "");
}

function answers(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return !(error instanceof Error && "code" in error && error.code === "ESRCH");
	}
}

function userName(): string {
	try {
		return userInfo().username;
	} catch {
		return `uid ${process.getuid?.() ?? "?"}`;
	}
}
