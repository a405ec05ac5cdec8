import { EventEmitter } from "node:events";
import { createWriteStream, mkdirSync, openSync, renameSync, type WriteStream } from "node:fs";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";

/** Bytes after which a log is put aside as `<file>.1` and begun anew; as kubelets have it by default. */
const ROTATE_AT = 10 * 1024 * 1024;
/** Longer lines are written in parts. */
const LINE_LIMIT = 16 * 1024;

/**
 * A container's output as container runtimes keep it: one line is `<time> <stdout|stderr> <F|P> <text>`, P for a line that goes
 * on. Emits "change" after each write and "end" when the container is gone.
 */
export class LogFile extends EventEmitter<{ change: []; end: [] }> {
	readonly path: string;
	ended = false;
	#stream: WriteStream;
	#size = 0;

	constructor(path: string) {
		super();
		this.setMaxListeners(0);
		this.path = path;
		mkdirSync(dirname(path), { recursive: true });
		this.#stream = openLog(path);
	}

	/** Takes what a stream gives until it ends. */
	async take(name: "stdout" | "stderr", stream: Readable): Promise<void> {
		let rest: Buffer = Buffer.alloc(0);
		stream.on("data", (chunk: Buffer) => {
			rest = this.#lines(name, rest.length === 0 ? chunk : Buffer.concat([rest, chunk]));
			if (this.#stream.writableNeedDrain) {
				stream.pause();
				this.#stream.once("drain", () => stream.resume());
			}
		});
		await finished(stream, { writable: false }).catch(() => {});
		if (rest.length > 0) this.#write(name, "P", rest);
	}

	/** No more will come. */
	async end(): Promise<void> {
		await new Promise<void>((done) => this.#stream.end(done));
		this.ended = true;
		this.emit("end");
	}

	#lines(name: string, text: Buffer): Buffer {
		let from = 0;
		for (let to = text.indexOf(10); to >= 0; to = text.indexOf(10, from)) {
			for (; to - from > LINE_LIMIT; from += LINE_LIMIT) this.#write(name, "P", text.subarray(from, from + LINE_LIMIT));
			this.#write(name, "F", text.subarray(from, to));
			from = to + 1;
		}
		for (; text.length - from > LINE_LIMIT; from += LINE_LIMIT) {
			this.#write(name, "P", text.subarray(from, from + LINE_LIMIT));
		}
		return text.subarray(from);
	}

	#write(name: string, tag: "F" | "P", text: Buffer): void {
		if (this.#size > ROTATE_AT && tag === "F") this.#rotate();
		const line = Buffer.concat([Buffer.from(`${nanoTime()} ${name} ${tag} `), text, Buffer.from("\n")]);
		this.#size += line.length;
		this.#stream.write(line, () => this.emit("change"));
	}

	#rotate(): void {
		this.#stream.end();
		renameSync(this.path, `${this.path}.1`);
		this.#stream = openLog(this.path);
		this.#size = 0;
	}
}

/** The file is there at once, so that it can be read and put aside. */
function openLog(path: string): WriteStream {
	const stream = createWriteStream(path, { fd: openSync(path, "a") });
	// A full disk loses log lines; it must not stop the container.
	return stream.on("error", () => {});
}

let lastMilliseconds = 0;
let within = 0;

/** RFC 3339 with nanoseconds, each later than the one before. */
function nanoTime(): string {
	const now = Math.max(Date.now(), lastMilliseconds);
	within = now === lastMilliseconds ? Math.min(within + 1, 999_999) : 0;
	lastMilliseconds = now;
	return `${new Date(now).toISOString().slice(0, 23)}${String(within).padStart(6, "0")}Z`;
}
