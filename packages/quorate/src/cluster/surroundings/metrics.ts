import http from "node:http";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import type { MemberClientOptions } from "../../etcd/member-client.ts";
import { secure } from "../../etcd/tls.ts";
import { timeLimit } from "../../time-limit.ts";
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
	const signal = AbortSignal.any([timeLimit(TIMEOUT), ...(options.signal ? [options.signal] : [])]);
	let socket: Duplex | undefined;
	try {
		const raw = await dial();
		socket = security ? await secure(raw, security, signal, "http/1.1") : raw;
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
