import type { Duplex } from "node:stream";
import {
	CANCEL,
	controlFrame,
	dataFrame,
	FIN,
	type Frame,
	FrameReader,
	GOAWAY,
	HEADERS,
	PING,
	PROTOCOL_ERROR,
	RST_STREAM,
	SYN_REPLY,
	SYN_STREAM,
} from "./frames.ts";
import { HeaderCodec } from "./headers.ts";
import { SpdyStream, type StreamOutput } from "./stream.ts";

const STREAM_ID = 0x7fff_ffff;

/**
 * The server's side of a SPDY/3.1 connection on any byte stream. Kubernetes' SPDY has no flow control of its own: a stream
 * that is not read holds up the others once its buffer is full.
 */
export class SpdyConnection {
	readonly #transport: Duplex;
	readonly #codec = new HeaderCodec();
	readonly #streams = new Map<number, SpdyStream>();
	readonly #onStream: (stream: SpdyStream) => void;

	/** `onStream` is called with each stream that the client opens; its end of it has been answered. */
	constructor(transport: Duplex, onStream: (stream: SpdyStream) => void) {
		this.#transport = transport;
		this.#onStream = onStream;
	}

	/** Serves until the connection ends; then nothing is left of its streams. */
	async run(): Promise<void> {
		this.#transport.on("error", () => {});
		this.#transport.on("close", () => {
			this.#abandon();
			this.#codec.close();
		});
		const reader = new FrameReader();
		try {
			for await (const chunk of this.#transport) {
				reader.push(chunk);
				for (let frame = reader.next(); frame; frame = reader.next()) await this.#handle(frame);
			}
		} catch {
			// A client that breaks the protocol, or off: what it had open goes with it.
		} finally {
			this.#abandon();
			this.#transport.end();
		}
	}

	/** Lets what has been written go out, then closes. */
	close(): void {
		this.#transport.end();
	}

	async #handle(frame: Frame): Promise<void> {
		if (!frame.control) {
			const stream = this.#streams.get(frame.stream);
			return stream?.receive(frame.payload, (frame.flags & FIN) !== 0);
		}
		const { type, payload } = frame;
		switch (type) {
			case SYN_STREAM:
				return this.#open(payload, (frame.flags & FIN) !== 0);
			case HEADERS:
			case SYN_REPLY:
				// Of no use, but the inflater has to see every block.
				await this.#codec.read(payload.subarray(4));
				return;
			case RST_STREAM:
				this.#streams.get(payload.readUInt32BE(0) & STREAM_ID)?.receiveReset();
				return;
			case PING:
				if (payload.readUInt32BE(0) % 2 === 1) this.#transport.write(controlFrame(PING, 0, payload));
				return;
			case GOAWAY:
				return;
		}
	}

	async #open(payload: Buffer, fin: boolean): Promise<void> {
		const id = payload.readUInt32BE(0) & STREAM_ID;
		const headers = await this.#codec.read(payload.subarray(10));
		if (this.#streams.has(id) || id % 2 === 0) {
			this.#transport.write(controlFrame(RST_STREAM, 0, uint32s(id, PROTOCOL_ERROR)));
			return;
		}
		const stream = new SpdyStream(id, headers, this.#output);
		stream.on("error", () => {});
		this.#streams.set(id, stream);
		const reply = await this.#codec.write(new Map());
		this.#transport.write(controlFrame(SYN_REPLY, 0, Buffer.concat([uint32s(id), reply])));
		if (fin) stream.receive(Buffer.alloc(0), true);
		this.#onStream(stream);
	}

	readonly #output: StreamOutput = {
		data: (stream, payload, fin, done) => {
			if (!this.#transport.writable) return done(new Error("the connection is closed"));
			this.#transport.write(dataFrame(stream, fin ? FIN : 0, payload), done);
		},
		reset: (stream) => {
			if (this.#transport.writable) this.#transport.write(controlFrame(RST_STREAM, 0, uint32s(stream, CANCEL)));
		},
		closed: (stream) => this.#streams.delete(stream),
	};

	#abandon(): void {
		for (const stream of [...this.#streams.values()]) stream.receiveReset();
	}
}

function uint32s(...values: number[]): Buffer {
	const bytes = Buffer.alloc(4 * values.length);
	for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
	return bytes;
}
