import type { IncomingMessage } from "node:http";

const NEWLINE = 0x0a;

/**
 * The lines of a stream, until it ends, breaks, or falls silent for `idleMs`; how it ended makes no difference to a
 * watch. An unfinished last line is dropped. The stream is destroyed in any case, and waits while the reader is busy.
 */
export async function* readLines(stream: IncomingMessage, idleMs: number): AsyncGenerator<string, void, undefined> {
	let rest: Buffer[] = [];
	const chunks = stream[Symbol.asyncIterator]();
	try {
		for (;;) {
			// Only while waiting for the server: a reader that takes its time is no sign of a dead connection.
			const idle = setTimeout(() => stream.destroy(), idleMs);
			let chunk: IteratorResult<Buffer>;
			try {
				chunk = await chunks.next();
			} catch {
				return;
			} finally {
				clearTimeout(idle);
			}
			if (chunk.done) return;
			let start = 0;
			for (let end = chunk.value.indexOf(NEWLINE); end >= 0; end = chunk.value.indexOf(NEWLINE, start)) {
				const line = Buffer.concat([...rest, chunk.value.subarray(start, end)]).toString("utf8");
				rest = [];
				start = end + 1;
				if (line.trim() !== "") yield line;
			}
			if (start < chunk.value.length) rest.push(chunk.value.subarray(start));
		}
	} finally {
		stream.destroy();
	}
}
