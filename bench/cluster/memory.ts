import { readdirSync, readFileSync } from "node:fs";

/** Names of all processes, by pid. */
export function processes(): Map<number, string> {
	const found = new Map<number, string>();
	for (const entry of readdirSync("/proc"))
		if (/^\d+$/.test(entry)) {
			const name = read(`/proc/${entry}/comm`)?.trim();
			if (name !== undefined) found.set(Number(entry), name);
		}
	return found;
}

/** Bytes of these processes together; pages that are shared count by their share. */
export function memoryOf(pids: readonly number[]): number {
	const kilobytes = pids.map((pid) =>
		Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? "")?.[1] ?? 0),
	);
	return 1024 * kilobytes.reduce((sum, each) => sum + each, 0);
}

function read(file: string): string | undefined {
	try {
		return readFileSync(file, "utf8");
	} catch {
		return undefined;
	}
}
