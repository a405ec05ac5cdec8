import { once } from "node:events";
import http2 from "node:http2";
import type { Duplex } from "node:stream";

/** Not below 5 s: etcd takes more pings than that for an attack (--grpc-keepalive-min-time). */
const PING_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 10_000;
/** What a member may send ahead of us reading it: bounds memory, and yet fills a tunnel. */
const STREAM_WINDOW = 2 << 20;
const CONNECTION_WINDOW = 8 << 20;

/** One HTTP/2 connection over a byte stream. It pings while calls are open, and breaks when no answer comes. */
export class Connection {
	readonly #session: http2.ClientHttp2Session;
	readonly #stream: Duplex;
	readonly #openedAt = performance.now();
	#calls = 0;
	#aliveAt = Date.now();
	#timer: NodeJS.Timeout | undefined;
	#retired = false;

	private constructor(session: http2.ClientHttp2Session, stream: Duplex) {
		this.#session = session;
		this.#stream = stream;
		session.setLocalWindowSize(CONNECTION_WINDOW);
		session.once("goaway", () => this.retire());
		session.once("close", () => {
			clearTimeout(this.#timer);
			stream.destroy();
		});
		stream.on("error", (error) => this.destroy(error));
		stream.once("close", () => this.destroy());
	}

	/** `stream` is the connection's from now on, whether this succeeds or not. */
	static async open(authority: string, stream: Duplex, signal: AbortSignal): Promise<Connection> {
		const session = http2.connect(authority, {
			createConnection: () => stream,
			settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
		});
		let broken: Error | undefined;
		const breaks = (error: Error) => {
			broken ??= error;
		};
		// From the start: a refusal may come between "connect" and the code that waits for it. An error is also told to every
		// open call, and "close" follows.
		session.on("error", breaks);
		stream.on("error", breaks);
		try {
			await once(session, "connect", { signal });
			if (session.destroyed || stream.destroyed) throw broken ?? new Error("the connection was closed at once");
		} catch (error) {
			session.destroy();
			stream.destroy();
			throw error;
		}
		return new Connection(session, stream);
	}

	/** May a new call begin on it? */
	get usable(): boolean {
		return !(this.#retired || this.#session.closed || this.#session.destroyed || this.#stream.destroyed);
	}

	/** Milliseconds since it was opened. */
	get age(): number {
		return performance.now() - this.#openedAt;
	}

	/** When the other side was last heard of, in ms since the epoch. */
	get aliveAt(): number {
		return this.#aliveAt;
	}

	request(headers: http2.OutgoingHttpHeaders): http2.ClientHttp2Stream {
		const call = this.#session.request(headers);
		this.#calls++;
		call.once("response", () => this.alive());
		call.once("close", () => {
			this.#calls--;
			this.#schedule();
		});
		this.#schedule();
		return call;
	}

	owns(call: http2.ClientHttp2Stream): boolean {
		return call.session === this.#session;
	}

	alive(): void {
		this.#aliveAt = Date.now();
	}

	onClose(listener: () => void): void {
		this.#session.once("close", listener);
	}

	/** No new calls; those that are open go on as long as the other side is there. */
	retire(): void {
		if (this.#retired) {
			return;
		}
		this.#retired = true;
		if (this.#calls === 0) {
			this.destroy();
		} else {
			this.#session.close();
			this.#ping();
		}
	}

	destroy(error?: Error): void {
		clearTimeout(this.#timer);
		this.#session.destroy(error);
		this.#stream.destroy();
	}

	#schedule(): void {
		clearTimeout(this.#timer);
		if (this.#calls > 0) {
			const due = this.#aliveAt + PING_INTERVAL_MS - Date.now();
			this.#timer = setTimeout(() => this.#ping(), Math.max(due, 1)).unref();
		} else if (this.#retired) {
			this.destroy();
		}
	}

	#ping(): void {
		clearTimeout(this.#timer);
		if (this.#session.destroyed) {
			return;
		}
		if (!this.#retired && Date.now() - this.#aliveAt < PING_INTERVAL_MS) {
			this.#schedule();
			return;
		}
		const silent = () => this.destroy(new Error(`no answer to a ping within ${PING_TIMEOUT_MS / 1000} s`));
		this.#timer = setTimeout(silent, PING_TIMEOUT_MS).unref();
		this.#session.ping((error) => {
			if (!error) {
				this.alive();
				this.#schedule();
			}
		});
	}
}
