import { Readable } from "node:stream";
import type { Output, Terminal } from "../terminal.ts";

export interface MemoryTerminalOptions {
	/** stdout and stderr are a terminal of that width. @default pipes */
	columns?: number;
	/** what is typed; given, stdin is a terminal. @default nothing, a pipe */
	typed?: string;
	/** @default a UTF-8 locale */
	env?: Record<string, string>;
}

/** A terminal, or pipes, that keeps what is written. */
export function memoryTerminal(options: MemoryTerminalOptions = {}) {
	const written = { stdout: "", stderr: "" };
	const output = (name: "stdout" | "stderr"): Output => ({
		write: (text) => {
			written[name] += text;
		},
		eraseLine: () => {
			written[name] += "\r\u001b[2K";
		},
		writeBytes: async (bytes) => {
			written[name] += Buffer.from(bytes).toString("latin1");
		},
		isTTY: options.columns !== undefined,
		columns: options.columns,
	});
	return {
		stdout: output("stdout"),
		stderr: output("stderr"),
		together: options.columns !== undefined,
		stdin: { isTTY: options.typed !== undefined, stream: Readable.from([options.typed ?? ""]) },
		env: { LANG: "C.UTF-8", ...options.env },
		written,
	} satisfies Terminal & { written: typeof written };
}
