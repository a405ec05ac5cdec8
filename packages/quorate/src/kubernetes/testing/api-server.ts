import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { generate } from "selfsigned";
import { type WebSocket, WebSocketServer } from "ws";
import { fixedCredentials } from "../credentials.ts";
import type { KubernetesConfig } from "../kubernetes-config.ts";

export interface SeenRequest {
	method: string;
	url: URL;
	headers: IncomingMessage["headers"];
	body: string;
	socket: Socket;
}

export type Handler = (request: SeenRequest, response: ServerResponse) => void;

/** A server on loopback that plays the API server: its answers are the test's. */
export interface TestApiServer {
	config: KubernetesConfig;
	address: string;
	/** PEM of the authority that signed its certificate */
	ca: string;
	requests: SeenRequest[];
	/** connections open now */
	sockets: ReadonlySet<Socket>;
	/** what answers a request; may be replaced at any time */
	handler: Handler;
	/** what becomes of a WebSocket that was opened; undefined: upgrades go to `handler` */
	onWebSocket: ((socket: WebSocket, request: IncomingMessage) => void) | undefined;
	close(): Promise<void>;
}

let certificate: Promise<{ key: string; cert: string }> | undefined;

export function testCertificate(): Promise<{ key: string; cert: string }> {
	certificate ??= generate([{ name: "commonName", value: "localhost" }], {
		algorithm: "sha256",
		keyType: "ec",
		extensions: [
			{ name: "basicConstraints", cA: true, critical: true },
			{ name: "keyUsage", keyCertSign: true, digitalSignature: true },
			{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
		],
	}).then(({ private: key, cert }) => ({ key, cert }));
	return certificate;
}

export async function startApiServer(handler: Handler, { secure = true } = {}): Promise<TestApiServer> {
	const { key, cert } = await testCertificate();
	const listener = async (request: IncomingMessage, response: ServerResponse) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk);
		const seen: SeenRequest = {
			method: request.method ?? "",
			url: new URL(request.url ?? "", "http://server"),
			headers: request.headers,
			body: Buffer.concat(chunks).toString(),
			socket: request.socket,
		};
		it.requests.push(seen);
		it.handler(seen, response);
	};
	const onRequest = (request: IncomingMessage, response: ServerResponse) =>
		void listener(request, response).catch(() => {});
	const server = secure ? createSecureServer({ key, cert }, onRequest) : createServer(onRequest);
	const sockets = new Set<Socket>();
	server.on("connection", (socket: Socket) => {
		sockets.add(socket);
		socket.on("error", () => {});
		socket.on("close", () => sockets.delete(socket));
	});
	const webSockets = new WebSocketServer({ noServer: true, handleProtocols: ([first]) => first ?? false });
	server.on("upgrade", (request, socket, head) => {
		const { onWebSocket } = it;
		if (onWebSocket) webSockets.handleUpgrade(request, socket, head, (webSocket) => onWebSocket(webSocket, request));
		else {
			const body = JSON.stringify(status(404, "NotFound", 'pods "p" not found'));
			socket.end(`HTTP/1.1 404 Not Found\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
		}
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = `${secure ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const it: TestApiServer = {
		address,
		ca: cert,
		requests: [],
		sockets,
		handler,
		onWebSocket: undefined,
		config: {
			server: address,
			namespace: "default",
			context: "test",
			user: "tester",
			source: "the test",
			tls: { ca: [cert], clientCertificate: undefined, verify: true, serverName: undefined },
			proxy: undefined,
			credentials: fixedCredentials({ authorization: "Bearer t" }),
			headers: {},
			requestTimeoutMs: 10_000,
		},
		close: () =>
			new Promise((resolve) => {
				for (const socket of sockets) socket.destroy();
				server.close(() => resolve());
			}),
	};
	return it;
}

export function sendJson(
	response: ServerResponse,
	code: number,
	body: unknown,
	headers: Record<string, string> = {},
): void {
	response.writeHead(code, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

export function status(code: number, reason: string, message: string, details?: object): object {
	return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, details, code };
}

/** A config map, which stands for any object. */
export function testObject(name: string, resourceVersion: string, fields: object = {}) {
	const metadata = { name, namespace: "default", uid: `uid-${name}`, resourceVersion };
	return { apiVersion: "v1", kind: "ConfigMap", metadata, ...fields };
}
