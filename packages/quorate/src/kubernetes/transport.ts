import http, { type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import https from "node:https";
import { performance } from "node:perf_hooks";
import type { ClientCertificate } from "./cluster-entry.ts";
import { type ConnectionKind, openConnections } from "./connections.ts";
import type { Identity } from "./credentials.ts";
import type { KubernetesConfig } from "./kubernetes-config.ts";
import { Limit, requestLimit } from "./limit.ts";

export interface RawRequest {
	method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
	/** below the server's address, with the query */
	path: string;
	body?: string | undefined;
	contentType?: string | undefined;
	connection: ConnectionKind;
	signal?: AbortSignal | undefined;
}

/** What happened, for `-v`: no headers and no bodies, since they hold secrets. */
export interface RequestTrace {
	method: string;
	path: string;
	/** undefined: there was no answer */
	status: number | undefined;
	/** from sending to the answer's headers */
	ms: number;
}

export interface Answer {
	status: number;
	headers: http.IncomingHttpHeaders;
	body: string;
}

/** One request, one answer; no retries, no meaning. Errors are Node's own, or RequestTimeout, or the signal's reason. */
export interface Transport {
	/** The whole answer. The config's time limit is for all of it. */
	exchange(request: RawRequest): Promise<Answer>;
	/** The answer once its headers are there, which is what the time limit is for; the body is read, or destroyed, by the caller. */
	open(request: RawRequest): Promise<IncomingMessage>;
	/** What else is needed to open a WebSocket by other means. */
	upgradeOptions(): Promise<{ agent: http.Agent; headers: OutgoingHttpHeaders }>;
	trace(trace: RequestTrace): void;
	close(): void;
}

export interface TransportOptions {
	/** @default "quorate/<version>" */
	userAgent?: string | undefined;
	onRequest?: ((trace: RequestTrace) => void) | undefined;
}

export function createTransport(config: KubernetesConfig, options: TransportOptions): Transport {
	const server = new URL(config.server);
	const prefix = server.pathname.replace(/\/+$/, "");
	const connections = openConnections(server, config.tls, config.proxy);
	const base: OutgoingHttpHeaders = { "user-agent": options.userAgent ?? USER_AGENT, ...config.headers };
	const trace = (entry: RequestTrace) => options.onRequest?.(entry);

	async function start(raw: RawRequest, limit: Limit): Promise<IncomingMessage> {
		const identity = await limit.race(config.credentials.identity());
		const agent = await connections.agent(raw.connection, issued(identity));
		const began = performance.now();
		const path = prefix + raw.path;
		const tell = (status?: number) => trace({ method: raw.method, path, status, ms: performance.now() - began });
		const length = raw.body === undefined ? undefined : Buffer.byteLength(raw.body);
		return new Promise((resolve, reject) => {
			const request = (server.protocol === "https:" ? https : http).request({
				host: server.hostname.replace(/^\[|\]$/g, ""),
				port: server.port || undefined,
				method: raw.method,
				path,
				agent,
				headers: {
					...base,
					...identity.headers,
					accept: "application/json",
					...(length === undefined ? {} : { "content-type": raw.contentType ?? JSON_TYPE, "content-length": length }),
				},
			});
			limit.onEnd(
				(reason) => request.destroy(reason instanceof Error ? reason : new Error("aborted")),
				() => request.socket?.connecting === false,
			);
			let answered = false;
			request.once("response", (response) => {
				answered = true;
				tell(response.statusCode);
				resolve(response);
			});
			request.on("error", (error) => {
				if (!answered) tell();
				answered = true;
				reject(error);
			});
			request.end(raw.body);
		});
	}

	/** What Node reports where the limit was the cause is a broken connection: say the cause. */
	const causeOf = (error: unknown, limit: Limit) => (limit.ended ? limit.ended.reason : error);

	return {
		async exchange(raw) {
			const limit = new Limit(requestLimit(config.requestTimeoutMs, raw.method), raw.signal);
			try {
				const response = await start(raw, limit);
				const chunks: Buffer[] = [];
				for await (const chunk of response) chunks.push(chunk);
				return {
					status: response.statusCode ?? 0,
					headers: response.headers,
					body: Buffer.concat(chunks).toString("utf8"),
				};
			} catch (error) {
				throw causeOf(error, limit);
			} finally {
				limit.clear();
			}
		},
		async open(raw) {
			const limit = new Limit(config.requestTimeoutMs, raw.signal);
			try {
				const response = await start(raw, limit);
				limit.stopClock();
				response.once("close", () => limit.clear());
				return response;
			} catch (error) {
				limit.clear();
				throw causeOf(error, limit);
			}
		},
		async upgradeOptions() {
			const identity = await config.credentials.identity();
			const agent = await connections.agent("own", issued(identity));
			return { agent, headers: { ...base, ...identity.headers } };
		},
		trace,
		close: () => connections.close(),
	};
}

/** The version is filled in when the package is bundled. */
const USER_AGENT = `quorate/${process.env.QUORATE_VERSION ?? "dev"}`;

const JSON_TYPE = "application/json";

function issued({ cert, key }: Identity): ClientCertificate | undefined {
	return cert === undefined || key === undefined ? undefined : { cert, key };
}
