import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import { QuorateError } from "../errors.ts";
import { type ApiCalls, readText } from "./api-calls.ts";
import { RequestTimeout } from "./connection-error.ts";
import type { KubernetesConfig } from "./kubernetes-config.ts";
import { ChannelStream } from "./port-forward-stream.ts";
import { describeTarget, pathOf, type Target } from "./request.ts";
import { parseStatus, type StatusError } from "./status.ts";
import type { Transport } from "./transport.ts";

export interface PortForwardRequest {
	namespace: string;
	pod: string;
	port: number;
	/** aborts the opening; the open stream is ended by destroying it */
	signal?: AbortSignal | undefined;
}

/** An API server tries for half a minute to reach a node that is gone; who waits for a member needs to know sooner. */
const OPENING_MS = 10_000;

/** A way of carrying a port's bytes over one WebSocket; an API server chooses among those that it is offered. */
interface Tunnel {
	subprotocol: string;
	connect(socket: WebSocket, request: PortForwardRequest): Duplex;
}

/** Served by every kubelet since 1.5. `SPDY/3.1+portforward.k8s.io` (1.30 on) would be another entry. */
const CHANNELS: Tunnel = {
	subprotocol: "v4.channel.k8s.io",
	connect: (socket, { pod, port }) => new ChannelStream(socket, { pod, port }),
};

/** Opens a byte stream to a pod's port through the API server. */
export async function openPortForward(
	transport: Transport,
	calls: ApiCalls,
	config: KubernetesConfig,
	request: PortForwardRequest,
): Promise<Duplex> {
	const { namespace, pod, port, signal } = request;
	const target: Target = {
		verb: "get",
		resource: { group: "", version: "v1", resource: "pods" },
		subresource: "portforward",
		namespace,
		name: pod,
	};
	const url = new URL(`${config.server}${pathOf(target)}?ports=${port}`);
	try {
		signal?.throwIfAborted();
		const first = await dial(transport, config, url, request);
		if (!isRefusal(first)) return first;
		const again = first.status === 401 && config.credentials.rejected();
		const second = again ? await dial(transport, config, url, request) : first;
		if (!isRefusal(second)) return second;
		const status = parseStatus(second.status, second.body);
		if (!isPodsFault(status)) throw calls.refusal(status, target);
		throw podUnreachable(request, target, status.message, status);
	} catch (error) {
		// With an API server that can be connected to, it is the pod's node that does not answer.
		if (error instanceof RequestTimeout && error.connected) {
			throw podUnreachable(request, target, `nothing answered within ${error.seconds} s`, error);
		}
		throw calls.failure(error, target, signal);
	}
}

/** The API server is well, and the pod's node does not answer it, or the pod is not there to be connected to. */
function isPodsFault({ status }: StatusError): boolean {
	return status === 400 || status === 500 || status === 502;
}

function podUnreachable(
	{ namespace, pod }: PortForwardRequest,
	target: Target,
	problem: string,
	cause: Error,
): QuorateError {
	return new QuorateError("MemberUnreachable", {
		operation: describeTarget(target),
		message: `${pod}: ${problem}`,
		hint: `\`kubectl describe pod ${pod} -n ${namespace}\` tells whether it and its node are well`,
		cause,
	});
}

interface Refusal {
	status: number;
	body: string;
}

function isRefusal(result: Duplex | Refusal): result is Refusal {
	return "status" in result;
}

async function dial(
	transport: Transport,
	config: KubernetesConfig,
	url: URL,
	request: PortForwardRequest,
): Promise<Duplex | Refusal> {
	const { agent, headers } = await transport.upgradeOptions();
	const began = performance.now();
	let told = false;
	const tell = (status?: number) => {
		if (told) return;
		told = true;
		transport.trace({ method: "GET", path: url.pathname + url.search, status, ms: performance.now() - began });
	};
	const timeoutMs = Math.min(config.requestTimeoutMs || OPENING_MS, OPENING_MS);
	let raw: Socket | undefined;
	const tunnel = CHANNELS;
	const socket = new WebSocket(url, [tunnel.subprotocol], {
		agent,
		headers: headers as Record<string, string>,
		perMessageDeflate: false,
		skipUTF8Validation: true,
		handshakeTimeout: timeoutMs,
		finishRequest: (upgrade) => {
			upgrade.once("socket", (connection) => {
				raw = connection;
			});
			upgrade.end();
		},
		...(url.protocol === "https:" ? { generateMask: noMask } : {}),
	});
	return new Promise((resolve, reject) => {
		const onAbort = () => {
			socket.terminate();
			reject(request.signal?.reason);
		};
		const settle = () => request.signal?.removeEventListener("abort", onAbort);
		request.signal?.addEventListener("abort", onAbort);
		socket.once("unexpected-response", (_request, response: IncomingMessage) => {
			tell(response.statusCode);
			readText(response)
				.then((body) => resolve({ status: response.statusCode ?? 0, body }), reject)
				.finally(settle);
		});
		socket.once("open", () => {
			tell(101);
			settle();
			resolve(tunnel.connect(socket, request));
		});
		// Stays, since ws raises a second one when a socket is terminated before it is open.
		socket.on("error", (error) => {
			tell();
			settle();
			const timeout = error.message === "Opening handshake has timed out";
			reject(timeout ? new RequestTimeout(timeoutMs, raw?.connecting === false) : error);
		});
	});
}

/**
 * Masks hide what is sent from caches between that would mistake it for HTTP. Inside TLS there are none, and a mask of
 * zeros spares a pass over every byte.
 */
function noMask(mask: Buffer): void {
	mask.fill(0);
}
