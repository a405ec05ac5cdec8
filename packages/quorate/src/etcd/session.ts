import type http2 from "node:http2";
import type { Duplex } from "node:stream";
import { Code, ConnectError } from "@connectrpc/connect";
import type { GrpcTransportOptions } from "@connectrpc/connect-node";
import { timeLimit } from "../time-limit.ts";
import { Connection } from "./connection.ts";
import type { MemberClientOptions } from "./member-client.ts";
import { secure } from "./tls.ts";

const DIAL_TIMEOUT_MS = 15_000;

type SessionManager = NonNullable<GrpcTransportOptions["sessionManager"]>;

/**
 * Keeps one connection to a member: dials when the first call asks for it, and anew when it was lost. A call that was
 * under way then fails; it is not sent again.
 */
export class MemberSession implements SessionManager {
	readonly authority: string;
	readonly #options: MemberClientOptions;
	readonly #connections = new Set<Connection>();
	readonly #closing = new AbortController();
	#current: Promise<Connection> | undefined;

	constructor(options: MemberClientOptions) {
		this.#options = options;
		this.authority = `${options.tls ? "https" : "http"}://etcd`;
	}

	async request(method: string, path: string, headers: http2.OutgoingHttpHeaders): Promise<http2.ClientHttp2Stream> {
		const connection = await this.#usable();
		return connection.request({ ...headers, ":method": method, ":path": path });
	}

	notifyResponseByteRead(call: http2.ClientHttp2Stream): void {
		for (const connection of this.#connections) {
			if (connection.owns(call)) {
				connection.alive();
			}
		}
	}

	/** A call that began at `since` had no answer in time. If nothing else came either, the next call dials anew. */
	suspect(since: number): void {
		for (const connection of this.#connections) {
			if (connection.aliveAt <= since) {
				connection.retire();
			}
		}
	}

	/** Milliseconds since the connection was opened that the next call takes; 0: there is none. */
	get connectedMs(): number {
		return [...this.#connections].find(({ usable }) => usable)?.age ?? 0;
	}

	close(): void {
		this.#closing.abort(new Error("the client was closed"));
		for (const connection of this.#connections) {
			connection.destroy();
		}
	}

	async #usable(): Promise<Connection> {
		for (;;) {
			const pending = this.#current ?? this.#dial();
			this.#current = pending;
			let connection: Connection;
			try {
				connection = await pending;
			} catch (error) {
				this.#forget(pending);
				const reason = error instanceof Error ? error.message : String(error);
				throw new ConnectError(`cannot connect: ${reason}`, Code.Unavailable, undefined, undefined, error);
			}
			if (connection.usable) {
				return connection;
			}
			this.#forget(pending);
		}
	}

	#forget(pending: Promise<Connection>): void {
		if (this.#current === pending) {
			this.#current = undefined;
		}
	}

	async #dial(): Promise<Connection> {
		this.#closing.signal.throwIfAborted();
		const timeout = timeLimit(DIAL_TIMEOUT_MS);
		const signal = AbortSignal.any([this.#closing.signal, timeout]);
		try {
			const raw = await unlessAborted(this.#options.dial(), signal);
			const stream = this.#options.tls ? await secure(raw, this.#options.tls, signal) : raw;
			const connection = await Connection.open(this.authority, stream, signal);
			this.#connections.add(connection);
			connection.onClose(() => this.#connections.delete(connection));
			return connection;
		} catch (error) {
			this.#closing.signal.throwIfAborted();
			throw timeout.aborted ? new Error(`no connection within ${DIAL_TIMEOUT_MS / 1000} s`) : error;
		}
	}
}

/** A stream that is dialled too late is not left open. */
async function unlessAborted(dialled: Promise<Duplex>, signal: AbortSignal): Promise<Duplex> {
	let onAbort = () => {};
	const aborted = new Promise<never>((_, reject) => {
		onAbort = () => reject(signal.reason);
		signal.addEventListener("abort", onAbort, { once: true });
	});
	dialled.then(
		(stream) => {
			if (signal.aborted) {
				stream.on("error", () => {});
				stream.destroy();
			}
		},
		() => {},
	);
	try {
		return await Promise.race([dialled, aborted]);
	} finally {
		signal.removeEventListener("abort", onAbort);
	}
}
