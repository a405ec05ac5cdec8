import http from "node:http";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import tls from "node:tls";
import type { MemberClientOptions } from "../../etcd/member-client.ts";
import { type MetricsView, type Seen, seen, unseen } from "../surroundings.ts";
import { parseMetrics } from "./parse-metrics.ts";

/** Milliseconds that one member may take to tell its metrics. */
const TIMEOUT = 5000;

/** What a member tells at /metrics, on the port that its clients use. */
export async function readMetrics(
	dial: () => Promise<Duplex>,
	security: MemberClientOptions["tls"],
	options: { signal?: AbortSignal } = {},
): Promise<Seen<MetricsView>> {
	const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT), ...(options.signal ? [options.signal] : [])]);
	let socket: Duplex | undefined;
	try {
		const raw = await dial();
		socket = security ? secured(raw, security) : raw;
		const began = Date.now();
		const answer = await get(socket, signal);
		const here = (began + Date.now()) / 2;
		const page = await text(answer);
		if (answer.statusCode !== 200) return unseen(`/metrics answers ${answer.statusCode}`);
		const told = Date.parse(answer.headers.date ?? "");
		return seen({ ...parseMetrics(page, here / 1000), clockAhead: Number.isNaN(told) ? undefined : told - here });
	} catch (error) {
		options.signal?.throwIfAborted();
		return unseen(`/metrics does not answer: ${error instanceof Error ? error.message : String(error)}`);
	} finally {
		socket?.destroy();
	}
}

function get(socket: Duplex, signal: AbortSignal): Promise<http.IncomingMessage> {
	return new Promise((resolve, reject) => {
		socket.on("error", reject);
		const headers = { host: "etcd", connection: "close" };
		http
			.get({ path: "/metrics", headers, signal, createConnection: () => socket as never }, resolve)
			.on("error", reject);
	});
}

/** HTTP/1 over TLS; gRPC's connection is HTTP/2. */
function secured(raw: Duplex, options: NonNullable<MemberClientOptions["tls"]>): tls.TLSSocket {
	const { serverName, rejectUnauthorized = true, ca, cert, key } = options;
	return tls.connect({
		socket: raw,
		ALPNProtocols: ["http/1.1"],
		servername: isIP(serverName) ? "" : serverName,
		checkServerIdentity: (_, certificate) => tls.checkServerIdentity(serverName, certificate),
		rejectUnauthorized,
		...(ca === undefined ? {} : { ca }),
		...(cert === undefined ? {} : { cert }),
		...(key === undefined ? {} : { key }),
	});
}
