import { readlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { findProgram, run } from "./command.ts";
import { descendants } from "./processes.ts";

/** In characters. */
export interface TerminalSize {
	columns: number;
	rows: number;
}

/** Milliseconds that a command waits for its terminal's size, which clients tell just after they have asked for it. */
const FIRST_SIZE = 40;
const RESIZE_RETRY = 20;

/**
 * A command on a pseudo-terminal. Node cannot make one, and an addon in C cannot be bundled; `script` (util-linux, in every
 * distribution's base) does it, inside the container, so that the terminal is one of the container's own /dev/pts.
 */
export function scriptArguments(command: string[], size?: TerminalSize): string[] {
	const setSize = size ? `stty cols ${size.columns} rows ${size.rows}; ` : "";
	const line = `${setSize}exec ${command.map(shellQuote).join(" ")}`;
	const script = findProgram("script") ?? "script";
	return [script, "--quiet", "--flush", "--return", "--echo", "always", "--command", line, "/dev/null"];
}

/** One word for a POSIX shell, whatever is in it. */
export const shellQuote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** The size of a terminal that `script` makes: the latest asked for counts. */
export class Terminal {
	#wanted: TerminalSize | undefined;
	#pid: number | undefined;
	#busy = false;
	#told = () => {};

	resize(columns: number, rows: number): void {
		this.#wanted = { columns, rows };
		this.#told();
		void this.#apply();
	}

	/** The first size that is asked for, if one is soon. */
	async firstSize(): Promise<TerminalSize | undefined> {
		if (!this.#wanted) {
			const told = new Promise<void>((resolve) => {
				this.#told = resolve;
			});
			await Promise.race([told, sleep(FIRST_SIZE)]);
		}
		const size = this.#wanted;
		this.#wanted = undefined;
		return size;
	}

	/** `script` runs below this process. */
	attach(pid: number): void {
		this.#pid = pid;
		void this.#apply();
	}

	detach(): void {
		this.#pid = undefined;
	}

	async #apply(): Promise<void> {
		if (this.#busy) return;
		this.#busy = true;
		while (this.#pid !== undefined && this.#wanted) {
			const size = this.#wanted;
			const done = await setSize(this.#pid, size).catch(() => false);
			if (!done) await sleep(RESIZE_RETRY);
			else if (this.#wanted === size) this.#wanted = undefined;
		}
		this.#busy = false;
	}
}

/** Sets the size of the terminal that is somewhere below process `pid`; false where there is none yet. */
async function setSize(pid: number, { columns, rows }: TerminalSize): Promise<boolean> {
	for (const one of await descendants(pid)) {
		const input = await readlink(`/proc/${one}/fd/0`).catch(() => "");
		if (!input.startsWith("/dev/pts/")) continue;
		await run("stty", ["-F", `/proc/${one}/fd/0`, "cols", String(columns), "rows", String(rows)]);
		return true;
	}
	return false;
}
