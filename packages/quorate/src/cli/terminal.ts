import { fstatSync } from "node:fs";
import type { ReadStream, WriteStream } from "node:tty";
import { harmless } from "./harmless.ts";

/** Where text goes. */
export interface Output {
	/** what is in the text that a terminal would obey is shown instead, save for colours of ours */
	write(text: string): void;
	/** Empties the line that the cursor is in, where it is a terminal. */
	eraseLine(): void;
	/** as they are; resolves when more may be written */
	writeBytes(bytes: Uint8Array): Promise<void>;
	/** a person looks at it */
	readonly isTTY: boolean;
	/** columns of the terminal; undefined: not a terminal, lines are as long as they are */
	readonly columns: number | undefined;
}

/** What the command has around it; tests bring their own. */
export interface Terminal {
	readonly stdout: Output;
	readonly stderr: Output;
	/** both go to one place, as on a terminal or with `2>&1`: who reads one reads the other */
	readonly together: boolean;
	readonly stdin: { readonly isTTY: boolean; readonly stream: NodeJS.ReadableStream };
	readonly env: Readonly<Record<string, string | undefined>>;
}

export function processTerminal(): Terminal {
	return {
		stdout: output(process.stdout),
		stderr: output(process.stderr),
		get together() {
			return areOne(1, 2);
		},
		stdin: { isTTY: (process.stdin as Partial<ReadStream>).isTTY === true, stream: process.stdin },
		env: process.env,
	};
}

/** Whether two file descriptors are one file, pipe or terminal. */
function areOne(first: number, second: number): boolean {
	try {
		const [a, b] = [fstatSync(first), fstatSync(second)];
		return a.dev === b.dev && a.ino === b.ino;
	} catch {
		return false;
	}
}

function output(stream: WriteStream): Output {
	return {
		write: (text) => {
			stream.write(harmless(text));
		},
		eraseLine: () => {
			if (stream.isTTY) stream.write("\r\u001b[2K");
		},
		writeBytes: (bytes) =>
			new Promise((resolve, reject) => {
				stream.write(bytes, (error) => (error ? reject(error) : resolve()));
			}),
		get isTTY() {
			return stream.isTTY === true;
		},
		get columns() {
			return stream.isTTY ? stream.columns || 80 : undefined;
		},
	};
}
