/** The core agent's lease comes and goes by the second. */
const CHURNING = /\/StoreLease(Lock|Owner)\//;

/** Keys and values as `etcdctl get --prefix ""` prints them, each on a line of its own; what else is on the terminal is left out. */
export function printedKeys(text: string): Map<string, string> {
	const lines = text.split("\n");
	const keys = new Map<string, string>();
	for (const [index, line] of lines.entries())
		if (line.startsWith("/openebs.io/") && !CHURNING.test(line)) keys.set(line, lines[index + 1] ?? "");
	return keys;
}
