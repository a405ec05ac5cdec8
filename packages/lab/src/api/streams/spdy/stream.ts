import { Duplex } from "node:stream";
import type { Headers } from "./headers.ts";

/** How much of a stream waits unread before the whole connection is held up. */
const READ_AHEAD = 1024 * 1024;
const WRITE_AHEAD = 256 * 1024;

/** What a stream needs of its connection. */
export interface StreamOutput {
	data(stream: number, payload: Buffer, fin: boolean, done: (error?: Error | null) => void): void;
	reset(stream: number): void;
	closed(stream: number): void;
}

/** One stream of a SPDY connection: half-closed by `end()`, reset by `destroy()`. */
export class SpdyStream extends Duplex {
	readonly id: number;
	readonly headers: Headers;
	readonly #output: StreamOutput;
	#room: (() => void) | undefined;
	#finSent = false;
	#finReceived = false;
	#reset = false;

	constructor(id: number, headers: Headers, output: StreamOutput) {
		super({
			allowHalfOpen: true,
			readableHighWaterMark: READ_AHEAD,
			writableHighWaterMark: WRITE_AHEAD,
			emitClose: true,
		});
		this.id = id;
		this.headers = headers;
		this.#output = output;
	}

	/** Takes in what arrived. The promise is there when there is room for more. */
	receive(payload: Buffer, fin: boolean): Promise<void> | undefined {
		if (this.destroyed || this.#finReceived) return undefined;
		const room = payload.length === 0 || this.push(payload);
		if (fin) {
			this.#finReceived = true;
			this.push(null);
		}
		if (room || fin) return undefined;
		return new Promise((resolve) => {
			this.#room = resolve;
		});
	}

	/** The other side gave the stream up. */
	receiveReset(): void {
		this.#reset = true;
		this.destroy();
	}

	override _read(): void {
		this.#resume();
	}

	override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
		this.#output.data(this.id, chunk, false, done);
	}

	override _final(done: (error?: Error | null) => void): void {
		this.#finSent = true;
		this.#output.data(this.id, Buffer.alloc(0), true, done);
	}

	override _destroy(error: Error | null, done: (error: Error | null) => void): void {
		if (!this.#reset && !(this.#finSent && this.#finReceived)) this.#output.reset(this.id);
		this.#output.closed(this.id);
		this.#resume();
		done(error);
	}

	#resume(): void {
		const room = this.#room;
		this.#room = undefined;
		room?.();
	}
}
