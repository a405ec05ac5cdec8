import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Resource } from "./client.ts";
import { createKubernetesClient } from "./http-client.ts";
import { proxyFromEnvironment } from "./proxy.ts";
import { sendJson, startApiServer, testObject } from "./testing/api-server.ts";

test.each([
	["https://k8s.corp:6443", {}, undefined],
	["https://k8s.corp:6443", { HTTPS_PROXY: "http://p:1" }, "http://p:1"],
	["https://k8s.corp:6443", { https_proxy: "p:1" }, "http://p:1"],
	["http://k8s.corp", { HTTPS_PROXY: "http://p:1" }, undefined],
	["https://127.0.0.1:6443", { HTTPS_PROXY: "http://p:1" }, undefined],
	["https://localhost", { HTTPS_PROXY: "http://p:1" }, undefined],
	["https://k8s.corp", { HTTPS_PROXY: "http://p:1", NO_PROXY: "other, corp" }, undefined],
	["https://corp", { HTTPS_PROXY: "http://p:1", NO_PROXY: ".corp" }, "http://p:1"],
	["https://notcorp", { HTTPS_PROXY: "http://p:1", NO_PROXY: "corp" }, "http://p:1"],
	["https://k8s.corp", { HTTPS_PROXY: "http://p:1", NO_PROXY: "k8s.corp:443" }, undefined],
	["https://k8s.corp:6443", { HTTPS_PROXY: "http://p:1", NO_PROXY: "k8s.corp:443" }, "http://p:1"],
	["https://10.1.2.3", { HTTPS_PROXY: "http://p:1", NO_PROXY: "10.0.0.0/8" }, undefined],
	["https://11.1.2.3", { HTTPS_PROXY: "http://p:1", NO_PROXY: "10.0.0.0/8,x/y,1.2.3.4/99" }, "http://p:1"],
	["https://[fd00::5]:6443", { HTTPS_PROXY: "http://p:1", NO_PROXY: "fd00::/8" }, undefined],
	["https://k8s.corp", { HTTPS_PROXY: "http://p:1", NO_PROXY: "*" }, undefined],
] as const)("%s with %j: %s", (server, env, expected) => {
	expect(proxyFromEnvironment(new URL(server), env)).toBe(expected);
});

const closing: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0)) await close();
});

const MAPS: Resource = { group: "", version: "v1", resource: "configmaps" };

async function through(proxy: string) {
	const server = await startApiServer((_, response) => sendJson(response, 200, testObject("a", "1")));
	server.onWebSocket = (socket) => {
		for (const channel of [0, 1]) socket.send(Buffer.from([channel, 1, 0]));
		socket.send("\0through");
		socket.close();
	};
	const client = createKubernetesClient({ ...server.config, proxy });
	closing.push(
		() => client.close(),
		() => server.close(),
	);
	expect((await client.get(MAPS, "default", "a")).metadata.name).toBe("a");
	await client.patch(MAPS, "default", "a", {});
	expect(String(Buffer.concat(await (await client.portForward("ns", "p", 1)).toArray()))).toBe("through");
	const stranger = createKubernetesClient({ ...server.config, proxy, tls: { ...server.config.tls, ca: [] } });
	closing.push(() => stranger.close());
	await expect(stranger.get(MAPS, "default", "a")).rejects.toMatchObject({
		code: "Unreachable",
		message: expect.stringContaining("not signed"),
	});
}

test("requests and tunnels go through an HTTP proxy, and the server is verified all the same", async () => {
	const seen: (string | undefined)[] = [];
	const proxy = createServer();
	proxy.on("connect", (request: IncomingMessage, socket: Socket) => {
		seen.push(request.headers["proxy-authorization"]);
		const [host, port] = (request.url ?? "").split(":");
		const target = connect(Number(port), host ?? "", () => {
			socket.write("HTTP/1.1 200 OK\r\n\r\n");
			target.pipe(socket).pipe(target);
		});
		for (const end of [socket, target]) end.on("error", () => {});
		closing.unshift(() => socket.destroy());
	});
	await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
	closing.push(() => proxy.close());
	await through(`http://u:p@127.0.0.1:${(proxy.address() as AddressInfo).port}`);
	expect(seen).toEqual(Array(4).fill(`Basic ${Buffer.from("u:p").toString("base64")}`));
});

test("and through a SOCKS proxy", async () => {
	let count = 0;
	const proxy = createTcpServer((socket) => {
		socket.on("error", () => {});
		closing.unshift(() => socket.destroy());
		socket.once("data", () => {
			socket.write(Buffer.from([5, 0]));
			socket.once("data", (request) => {
				count++;
				const target = connect(request.readUInt16BE(request.length - 2), "127.0.0.1", () => {
					socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
					target.pipe(socket).pipe(target);
				});
				target.on("error", () => {});
			});
		});
	});
	await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
	closing.push(() => proxy.close());
	await through(`socks5://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
	expect(count).toBe(4);
});
