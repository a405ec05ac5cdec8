import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createHttp2, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import type { Probe } from "kubernetes-types/core/v1";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tryProbe } from "./probe-action.ts";
import type { ProbeTarget } from "./probe-target.ts";

let http: Server;
let grpc: Http2Server;
let port = 0;
let grpcPort = 0;
let refused = 0;

beforeAll(async () => {
	http = createServer((request, response) => {
		const status = Number(/\d+/.exec(request.url ?? "")?.[0] ?? 200);
		if (request.url === "/hang") return;
		if (request.url === "/away") return void response.writeHead(302, { location: "http://example.invalid/" }).end();
		if (request.url === "/here") return void response.writeHead(302, { location: "/503" }).end();
		if (request.url === "/agent")
			response.statusCode = request.headers["user-agent"]?.startsWith("kube-probe/") ? 200 : 400;
		else response.statusCode = status;
		response.end("body");
	});
	await once(http.listen(0, "127.0.0.1"), "listening");
	port = (http.address() as AddressInfo).port;
	grpc = createHttp2();
	grpc.on("stream", (stream) => {
		let asked = Buffer.alloc(0);
		stream.on("data", (chunk: Buffer) => {
			asked = Buffer.concat([asked, chunk]);
		});
		stream.on("end", () => {
			const service = asked.subarray(7).toString();
			stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
			stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
			stream.end(Buffer.from([0, 0, 0, 0, 2, 8, service === "bad" ? 2 : 1]));
		});
	});
	await once(grpc.listen(0, "127.0.0.1"), "listening");
	grpcPort = (grpc.address() as AddressInfo).port;
	const closed = createServer();
	await once(closed.listen(0, "127.0.0.1"), "listening");
	refused = (closed.address() as AddressInfo).port;
	closed.close();
});
afterAll(() => {
	http.closeAllConnections();
	http.close();
	grpc.close();
});

const target = (): ProbeTarget => ({
	container: { name: "etcd", ports: [{ name: "client", containerPort: port }] },
	address: "127.0.0.1",
	exec: async ([command = ""], signal) => {
		if (command === "slow") await once(signal, "abort");
		return { code: command === "true" ? 0 : 1, output: "it said no\n" };
	},
});
const probe = (action: Probe) => tryProbe(action, target());
const get = (path: string, at: number | string = port) => probe({ httpGet: { path, port: at } });

test("HTTP answers from 200 to 399 pass, others are told", async () => {
	expect(await get("/health")).toBeUndefined();
	expect(await get("/399", "client")).toBeUndefined();
	expect(await get("agent")).toBeUndefined();
	expect(await get("/503")).toBe("HTTP probe failed with statuscode: 503");
	expect(await get("/404")).toBe("HTTP probe failed with statuscode: 404");
});

test("redirects are followed on the same host, and count as passed elsewhere", async () => {
	expect(await get("/here")).toBe("HTTP probe failed with statuscode: 503");
	expect(await get("/away")).toBeUndefined();
});

test("failures are in the words of real kubelets", async () => {
	const url = (path: string, at: number) => `Get "http://127.0.0.1:${at}${path}"`;
	expect(await get("/x", refused)).toBe(
		`${url("/x", refused)}: dial tcp 127.0.0.1:${refused}: connect: connection refused`,
	);
	expect(await get("/hang")).toBe(
		`${url("/hang", port)}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
	);
	expect(await get("/x", "nope")).toBe("couldn't find port: nope");
	const tcp = await probe({ tcpSocket: { port: refused } });
	expect(tcp).toBe(`dial tcp 127.0.0.1:${refused}: connect: connection refused`);
});

test("tcpSocket", async () => {
	expect(await probe({ tcpSocket: { port: "client" } })).toBeUndefined();
});

test("exec", async () => {
	expect(await probe({ exec: { command: ["true"] } })).toBeUndefined();
	expect(await probe({ exec: { command: ["false"] } })).toBe("it said no\n");
	expect(await probe({ exec: { command: ["slow", "one"] } })).toBe('command timed out: "slow one" timed out after 1s');
});

test("grpc", async () => {
	expect(await probe({ grpc: { port: grpcPort } })).toBeUndefined();
	expect(await probe({ grpc: { port: grpcPort, service: "bad" } })).toBe(
		'service unhealthy (responded with "NOT_SERVING")',
	);
	expect(await probe({ grpc: { port: refused } })).toMatch(/^timeout: failed to connect service/);
});
