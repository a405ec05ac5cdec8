import { readlink } from "node:fs/promises";
import { findProgram, run } from "./command.ts";
import { descendants } from "./processes.ts";

/**
 * A command on a pseudo-terminal. Node cannot make one, and an addon in C cannot be bundled; `script` (util-linux, in every
 * distribution's base) does it, inside the container, so that the terminal is one of the container's own /dev/pts.
 */
export function scriptArguments(command: string[]): string[] {
	const line = `exec ${command.map(shellQuote).join(" ")}`;
	return [
		findProgram("script") ?? "script",
		"--quiet",
		"--flush",
		"--return",
		"--echo",
		"always",
		"--command",
		line,
		"/dev/null",
	];
}

/** One word for a POSIX shell, whatever is in it. */
export const shellQuote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Sets the size of the terminal that `script` made somewhere below process `pid`; false where there is none yet. */
export async function resizeTerminal(pid: number, columns: number, rows: number): Promise<boolean> {
	for (const one of await descendants(pid)) {
		const input = await readlink(`/proc/${one}/fd/0`).catch(() => "");
		if (!input.startsWith("/dev/pts/")) continue;
		await run("stty", ["-F", `/proc/${one}/fd/0`, "cols", String(columns), "rows", String(rows)]);
		return true;
	}
	return false;
}
