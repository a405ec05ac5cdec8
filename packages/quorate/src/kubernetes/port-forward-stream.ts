import { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import { QuorateError } from "../errors.ts";

const DATA = 0;
const ERROR = 1;

/** A frame is read whole by the other end, which refuses large ones. */
const FRAME = 256 * 1024;

/** How often a silent peer is asked for a sign of life; without one in that time the connection is taken for dead. */
const PING_MS = 10_000;

/** After our end, how long the other side may be silent before the tunnel is closed. */
const LINGER_MS = 1_000;

export interface ChannelStreamOptions {
	pod: string;
	port: number;
	/** @default 10000 */
	pingMs?: number;
	/** @default 1000 */
	lingerMs?: number;
}

/**
 * One port's bytes over a WebSocket of subprotocol v4.channel.k8s.io: each message begins with a channel's number, each
 * channel with the port's. The protocol has no half-close: the pod does not see `end()`. So after it the tunnel stays open
 * while bytes still arrive, and is closed once the pod has been silent for a second.
 */
export class ChannelStream extends Duplex {
	readonly #socket: WebSocket;
	readonly #options: ChannelStreamOptions;
	readonly #pending = new Set([DATA, ERROR]);
	readonly #heartbeat: NodeJS.Timeout;
	#linger: NodeJS.Timeout | undefined;
	#failure = "";
	#alive = true;
	/** At first too: what arrives with the opening, a refusal above all, waits for a reader and its error handler. */
	#paused = true;
	#ended = false;

	constructor(socket: WebSocket, options: ChannelStreamOptions) {
		super({ readableHighWaterMark: 1024 * 1024, writableHighWaterMark: FRAME });
		this.#socket = socket;
		this.#options = options;
		socket.pause();
		socket.binaryType = "nodebuffer";
		socket.on("message", (data) => this.#receive(data));
		socket.on("pong", () => {
			this.#alive = true;
		});
		socket.on("close", (code) => this.#closed(code));
		socket.on("error", (error) => this.destroy(this.#error(`the tunnel broke: ${error.message}`, error)));
		this.#heartbeat = setInterval(() => this.#beat(), options.pingMs ?? PING_MS);
		this.#heartbeat.unref();
	}

	override _read(): void {
		if (!this.#paused) return;
		this.#paused = false;
		this.#alive = true;
		this.#socket.resume();
	}

	override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
		this.#send([chunk], callback);
	}

	override _writev(chunks: { chunk: Buffer }[], callback: (error?: Error | null) => void): void {
		this.#send(
			chunks.map(({ chunk }) => chunk),
			callback,
		);
	}

	override _final(callback: (error?: Error | null) => void): void {
		if (!this.#ended) this.#linger = setTimeout(() => this.#leave(), this.#options.lingerMs ?? LINGER_MS);
		callback();
	}

	override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
		clearInterval(this.#heartbeat);
		clearTimeout(this.#linger);
		this.#socket.terminate();
		callback(error);
	}

	#receive(data: RawData): void {
		if (!Buffer.isBuffer(data) || data.length === 0) return;
		this.#alive = true;
		const channel = data[0] ?? -1;
		if (this.#pending.delete(channel)) {
			if (data.length !== 3) this.destroy(this.#error("the API server does not speak v4.channel.k8s.io as it should"));
			return;
		}
		if (channel === ERROR) this.#fail(data.subarray(1).toString("utf8"));
		else if (channel === DATA && data.length > 1) this.#deliver(data.subarray(1));
	}

	#deliver(bytes: Buffer): void {
		this.#linger?.refresh();
		if (this.#ended || this.destroyed) return;
		if (this.push(bytes)) return;
		this.#paused = true;
		this.#socket.pause();
	}

	#fail(text: string): void {
		this.#failure += text;
		const refused = /connection refused/i.test(this.#failure);
		const cause = refused ? Object.assign(new Error(this.#failure.trim()), { code: "ECONNREFUSED" }) : undefined;
		this.destroy(this.#error(reasonOf(this.#failure, this.#options.port), cause));
	}

	#closed(code: number): void {
		if (this.destroyed || this.#ended) return;
		this.#ended = true;
		// 1006: without a close frame, so what has arrived may not be all.
		if (code === 1006) this.destroy(this.#error("the connection to the API server was lost"));
		else {
			this.push(null);
			// Nobody can be written to any more.
			if (!this.writableEnded) this.end();
		}
	}

	/** Copies once: a message is one frame, and begins with the channel. */
	#send(chunks: readonly Buffer[], callback: (error?: Error | null) => void): void {
		const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
		if (this.#socket.readyState !== this.#socket.OPEN) {
			callback(this.#error("the tunnel is closed"));
			return;
		}
		const done = (error?: Error | null) =>
			callback(error ? this.#error(`the tunnel broke: ${error.message}`, error) : null);
		for (let at = 0; at < bytes.length || at === 0; at += FRAME) {
			const part = bytes.subarray(at, at + FRAME);
			const frame = Buffer.allocUnsafe(1 + part.length);
			frame[0] = DATA;
			part.copy(frame, 1);
			const last = at + FRAME >= bytes.length;
			this.#socket.send(frame, last ? done : undefined);
		}
	}

	#leave(): void {
		// A reader that takes its time is no silent pod.
		if (this.#paused) this.#linger?.refresh();
		else this.#socket.close(1000);
	}

	#beat(): void {
		// While paused nothing is read, so nothing can be heard either.
		if (this.#paused) return;
		if (!this.#alive) {
			this.destroy(this.#error("the tunnel is dead: no sign of life from its other end"));
			return;
		}
		this.#alive = false;
		this.#socket.ping(() => {});
	}

	#error(message: string, cause?: unknown): QuorateError {
		const { pod, port } = this.#options;
		return new QuorateError("MemberUnreachable", {
			operation: `talking to port ${port} of pod ${pod}`,
			message: `${pod}: ${message}`,
			hint: `\`kubectl describe pod ${pod}\` and its log tell whether etcd runs`,
			cause,
		});
	}
}

/** The kubelet's words, without the sandbox's ids and paths. */
function reasonOf(text: string, port: number): string {
	if (/connection refused/i.test(text)) return `nothing listens on port ${port} (connection refused)`;
	return text.trim().replace(/\s+/g, " ").slice(0, 300);
}
