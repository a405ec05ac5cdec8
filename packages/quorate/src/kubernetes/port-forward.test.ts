import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import http2 from "node:http2";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, expect, test } from "vitest";
import { createWebSocketStream, WebSocket } from "ws";
import { createKubernetesClient } from "./http-client.ts";
import { ChannelStream } from "./port-forward-stream.ts";
import { type Handler, startApiServer } from "./testing/api-server.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0)) await close();
});

async function serve(onWebSocket: ((socket: WebSocket) => void) | undefined, requestTimeoutMs = 10_000) {
	const server = await startApiServer((() => {}) as Handler);
	server.onWebSocket = onWebSocket;
	const client = createKubernetesClient({ ...server.config, requestTimeoutMs });
	closing.push(
		() => client.close(),
		() => server.close(),
	);
	return { server, client };
}

/** As the kubelet: the port on both channels first. */
function greet(socket: WebSocket, port = 2379): void {
	for (const channel of [0, 1]) socket.send(Buffer.from([channel, port & 255, port >> 8]));
}

/** The kubelet's part, to a TCP port. */
function relayTo(port: number): (socket: WebSocket) => void {
	return (socket) => {
		greet(socket);
		const pod = connect(port, "127.0.0.1");
		const outgoing = createWebSocketStream(socket, { readableObjectMode: true });
		outgoing.on("error", () => pod.destroy());
		outgoing.on("data", (message: Buffer) => {
			if (!pod.write(message.subarray(1))) outgoing.pause();
		});
		pod.on("drain", () => outgoing.resume());
		pod.on("data", (bytes) => {
			if (!outgoing.write(Buffer.concat([Buffer.from([0]), bytes]))) pod.pause();
		});
		outgoing.on("drain", () => pod.resume());
		pod.on("error", () => socket.terminate());
		pod.on("end", () => socket.close(1000));
		socket.on("close", () => pod.destroy());
	};
}

async function listen(server: ReturnType<typeof createTcpServer>): Promise<number> {
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	closing.push(() => new Promise((resolve) => server.close(resolve)));
	return (server.address() as AddressInfo).port;
}

async function end(stream: Duplex): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(chunk);
	return Buffer.concat(chunks);
}

test("bytes arrive whole and in order, both ways at once, and the port and subprotocol are asked for", async () => {
	const port = await listen(createTcpServer((socket) => socket.pipe(socket)));
	const { server, client } = await serve(undefined);
	let url: string | undefined;
	server.onWebSocket = (socket) => {
		expect(socket.protocol).toBe("v4.channel.k8s.io");
		relayTo(port)(socket);
	};
	const upgrade = new Promise<void>((resolve) => {
		const { onWebSocket } = server;
		server.onWebSocket = (socket, request) => {
			url = request.url;
			onWebSocket?.(socket, request);
			resolve();
		};
	});
	const stream = await client.portForward("ns", "etcd-0", 2379);
	await upgrade;
	expect(url).toBe("/api/v1/namespaces/ns/pods/etcd-0/portforward?ports=2379");
	const sent = createHash("sha256");
	const received = createHash("sha256");
	let left = 16_000_000;
	const reading = (async () => {
		for await (const chunk of stream) {
			received.update(chunk);
			left -= chunk.length;
			if (left === 0) break;
		}
	})();
	for (let size = 1, rest = left; rest > 0; rest -= size) {
		size = Math.min(rest, (size * 7) % 900_000 || 1);
		const bytes = randomBytes(size);
		sent.update(bytes);
		if (!stream.write(bytes)) await new Promise((resolve) => stream.once("drain", resolve));
	}
	await reading;
	expect(received.digest("hex")).toBe(sent.digest("hex"));
	await expect.poll(() => server.sockets.size).toBe(0);
});

test("an HTTP/2 session runs through it, and closing the session closes the tunnel", async () => {
	const pod = http2.createServer((request, response) => request.pipe(response));
	const port = await listen(pod as unknown as ReturnType<typeof createTcpServer>);
	const { server, client } = await serve(relayTo(port));
	const stream = await client.portForward("ns", "p", 2379);
	const session = http2.connect("http://p", { createConnection: () => stream });
	const bodies = await Promise.all(
		Array.from({ length: 20 }, async (_, i) => {
			const request = session.request({ ":method": "POST" });
			request.end(Buffer.alloc(50_000, i));
			return (await end(request)).every((byte) => byte === i);
		}),
	);
	expect(bodies).toEqual(Array(20).fill(true));
	const closed = new Promise((resolve) => session.once("close", resolve));
	session.close();
	await closed;
	await expect.poll(() => server.sockets.size).toBe(0);
});

test("a reader that does not read holds the sender back", async () => {
	let written = 0;
	const port = await listen(
		createTcpServer((socket) => {
			const more = () => {
				while (written < 200_000_000 && socket.write(Buffer.alloc(1_000_000))) written += 1_000_000;
			};
			socket.on("drain", more).on("error", () => {});
			more();
		}),
	);
	const { client } = await serve(relayTo(port));
	const stream = await client.portForward("ns", "p", 2379);
	await new Promise((resolve) => stream.once("readable", resolve));
	let before = -1;
	const stands = () => {
		const same = before === written;
		before = written;
		return same;
	};
	await expect.poll(stands, { interval: 300 }).toBe(true);
	expect(written).toBeLessThan(100_000_000);
	stream.destroy();
});

test("the pod's end is the stream's end", async () => {
	const port = await listen(createTcpServer((socket) => socket.end("bye")));
	const { client } = await serve(relayTo(port));
	expect(String(await end(await client.portForward("ns", "p", 2379)))).toBe("bye");
});

test("after our end the answer still arrives, and then the tunnel closes", async () => {
	const port = await listen(
		createTcpServer((socket) => socket.once("data", () => setTimeout(() => socket.write("answer"), 50))),
	);
	const { server, client } = await serve(relayTo(port));
	const stream = await client.portForward("ns", "p", 2379);
	stream.end("question");
	expect(String(await end(stream))).toBe("answer");
	await expect.poll(() => server.sockets.size).toBe(0);
});

test("what the kubelet reports ends the stream with it, even where it came with the opening", async () => {
	const { client } = await serve((socket) => {
		greet(socket);
		socket.send(
			Buffer.from(
				"\x01error forwarding port 2379 to pod 1a2b, uid : failed to connect to localhost:2379: connect: connection refused",
			),
		);
		socket.close();
	});
	const stream = await client.portForward("ns", "etcd-0", 2379);
	await new Promise((resolve) => setTimeout(resolve, 50));
	await expect(end(stream)).rejects.toMatchObject({
		code: "MemberUnreachable",
		message: "etcd-0: nothing listens on port 2379 (connection refused)",
	});
});

test("a connection that is cut is no end but an error", async () => {
	const { client } = await serve((socket) => {
		greet(socket);
		socket.send(Buffer.from("\0half"), () => socket.terminate());
	});
	await expect(end(await client.portForward("ns", "p", 2379))).rejects.toMatchObject({
		code: "MemberUnreachable",
		message: expect.stringContaining("was lost"),
	});
});

test("a dead connection is noticed, and one whose reader pauses is not taken for dead", async () => {
	const { server } = await serve(undefined);
	server.onWebSocket = (socket) => {
		greet(socket);
		// Answers nothing any more, pings neither.
		socket.pause();
	};

	const open = async () => {
		const socket = new WebSocket(`${server.address}/x`, ["v4.channel.k8s.io"], { ca: server.ca });
		await new Promise((resolve) => socket.once("open", resolve));
		return new ChannelStream(socket, { pod: "p", port: 1, pingMs: 20 });
	};
	const paused = await open();
	await expect(end(await open())).rejects.toMatchObject({ message: expect.stringContaining("no sign of life") });
	expect(paused.destroyed).toBe(false);
	paused.destroy();
});

test.each([
	[
		403,
		"Forbidden",
		'pods "p" is forbidden: User "ann" cannot create resource "pods/portforward" in API group "" in the namespace "ns"',
		"Forbidden",
		/may not create pods\/portforward in namespace ns/,
	],
	[404, "NotFound", 'pods "p" not found', "NotFound", /"p" not found/],
	[400, "BadRequest", "pod p does not have a host assigned", "MemberUnreachable", /host assigned/],
	[500, "", "pod is not running", "MemberUnreachable", /not running/],
])("a refusal of %i is told", async (code, reason, message, expected, text) => {
	const body = reason ? JSON.stringify({ kind: "Status", reason, message, code }) : message;
	const answering = createServer();
	answering.on("upgrade", (_, socket) =>
		socket.end(`HTTP/1.1 ${code} x\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`),
	);
	const port = await listen(answering);
	const { server } = await serve(undefined);
	const client = createKubernetesClient({ ...server.config, server: `http://127.0.0.1:${port}` });
	await expect(client.portForward("ns", "p", 2379)).rejects.toMatchObject({
		code: expected,
		message: expect.stringMatching(text),
		operation: "opening a tunnel to pod p in namespace ns",
	});
});

test("an opening that hangs is given up, or ended by its signal", async () => {
	const answering = createServer();
	const held: Duplex[] = [];
	answering.on("upgrade", (_, socket) => held.push(socket.on("error", () => {})));
	const port = await listen(answering);
	const { server } = await serve(undefined);
	const config = { ...server.config, server: `http://127.0.0.1:${port}` };
	await expect(
		createKubernetesClient({ ...config, requestTimeoutMs: 50 }).portForward("ns", "p", 1),
	).rejects.toMatchObject({
		code: "MemberUnreachable",
		message: expect.stringContaining("nothing answered within 0.05 s"),
	});
	const abort = new AbortController();
	const opening = createKubernetesClient(config).portForward("ns", "p", 1, { signal: abort.signal });
	await expect.poll(() => held.length).toBe(2);
	const reason = new Error("enough");
	abort.abort(reason);
	await expect(opening).rejects.toBe(reason);
	for (const socket of held) socket.destroy();
});
