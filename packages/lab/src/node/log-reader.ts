import { type FileHandle, open, stat } from "node:fs/promises";
import type { LogOptions } from "../api/api.ts";
import type { LogFile } from "./log-file.ts";
import { formatLine, type LogLine, parseLine, since } from "./log-lines.ts";

const BLOCK = 64 * 1024;

/**
 * Reads a container's log as `kubectl logs` asks for it. `live` is the file that is being written to, where one is: with
 * `follow` the reading goes on until it ends.
 */
export async function* readLog(
	path: string,
	live: LogFile | undefined,
	options: LogOptions,
	signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
	const earliest = since(options, Date.now());
	let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
	const follow = options.follow && live && !live.ended ? live : undefined;
	for await (const line of linesOf(path, options.tailLines, follow, signal)) {
		if (signal.aborted) return;
		if (earliest !== undefined && Date.parse(line.time) < earliest) continue;
		const bytes = formatLine(line, options);
		yield bytes.subarray(0, left);
		left -= bytes.length;
		if (left <= 0) return;
	}
}

async function* linesOf(
	path: string,
	tail: number | undefined,
	live: LogFile | undefined,
	signal: AbortSignal,
): AsyncGenerator<LogLine> {
	let file = await open(path, "r").catch(() => undefined);
	if (!file) return;
	const news = listen(live, signal);
	try {
		let position = tail === undefined ? 0 : await startOfTail(file, tail);
		let rest: Buffer = Buffer.alloc(0);
		for (;;) {
			// Both asked for before reading: what is written meanwhile must not be missed.
			const ended = !live || live.ended || signal.aborted;
			const changed = news.next();
			const block = Buffer.alloc(BLOCK);
			const { bytesRead } = await file.read(block, 0, BLOCK, position);
			position += bytesRead;
			rest = Buffer.concat([rest, block.subarray(0, bytesRead)]);
			for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
				const line = parseLine(rest.subarray(0, end));
				rest = rest.subarray(end + 1);
				if (line) yield line;
			}
			if (bytesRead > 0) continue;
			const next = await reopened(file, path);
			if (next) {
				await file.close();
				[file, position] = [next, 0];
			} else if (ended) {
				return;
			} else {
				await changed;
			}
		}
	} finally {
		news.stop();
		await file.close();
	}
}

/** `next()` resolves at the first change after it was called. */
function listen(live: LogFile | undefined, signal: AbortSignal) {
	let wake = () => {};
	const notice = () => wake();
	live?.on("change", notice).on("end", notice);
	signal.addEventListener("abort", notice);
	return {
		next: () =>
			new Promise<void>((resolve) => {
				wake = resolve;
			}),
		stop: () => {
			live?.off("change", notice).off("end", notice);
			signal.removeEventListener("abort", notice);
		},
	};
}

/** The file that has the path now, where that is another one: the log was put aside and begun anew. */
async function reopened(file: FileHandle, path: string): Promise<FileHandle | undefined> {
	const [now, before] = await Promise.all([stat(path).catch(() => undefined), file.stat()]);
	return now && now.ino !== before.ino ? open(path, "r").catch(() => undefined) : undefined;
}

/** Where the last `lines` lines begin. */
async function startOfTail(file: FileHandle, lines: number): Promise<number> {
	const { size } = await file.stat();
	if (lines <= 0) return size;
	// The newline that ends the last line begins none.
	let found = -1;
	for (let end = size; end > 0; ) {
		const start = Math.max(0, end - BLOCK);
		const block = Buffer.alloc(end - start);
		await file.read(block, 0, block.length, start);
		for (let at = block.length - 1; at >= 0; at--) {
			if (block[at] === 10 && ++found === lines) return start + at + 1;
		}
		end = start;
	}
	return 0;
}
