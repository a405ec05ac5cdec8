import { readdir, readFile, readlink } from "node:fs/promises";

/** Sends a signal; false where the process is no more. */
export function signalProcess(pid: number, signal: NodeJS.Signals | number): boolean {
	try {
		return process.kill(pid, signal);
	} catch {
		return false;
	}
}

/** Every process in the same pid namespace as `pid`: a container's, those that were exec'ed into it included. */
export async function processesOfContainer(pid: number): Promise<number[]> {
	const namespace = await readlink(`/proc/${pid}/ns/pid`).catch(() => undefined);
	if (namespace === undefined) return [];
	const all = await allProcesses();
	const theirs = await Promise.all(all.map((one) => readlink(`/proc/${one}/ns/pid`).catch(() => undefined)));
	return all.filter((_, index) => theirs[index] === namespace);
}

/** The descendants of a process, parents before children. */
export async function descendants(pid: number): Promise<number[]> {
	const all = await allProcesses();
	const parents = new Map(await Promise.all(all.map(async (one) => [one, await parentOf(one)] as const)));
	const found: number[] = [];
	for (let family = [pid]; family.length > 0; ) {
		family = all.filter((one) => family.includes(parents.get(one) ?? -1));
		found.push(...family);
	}
	return found;
}

async function allProcesses(): Promise<number[]> {
	return (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
}

async function parentOf(pid: number): Promise<number | undefined> {
	const [, parent] = await statOf(pid);
	return parent === undefined ? undefined : Number(parent);
}

/** Whether a signal has stopped it. */
export async function isStopped(pid: number): Promise<boolean> {
	return (await statOf(pid))[0] === "T";
}

/** Its state, its parent, and so on; nothing of one that is no more. */
async function statOf(pid: number): Promise<string[]> {
	const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
	// pid (name, which may hold blanks and brackets) state parent …
	return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
