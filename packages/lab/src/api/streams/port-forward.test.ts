import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect, createServer, type Socket, type Server as TcpServer } from "node:net";
import type { Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { servePortForward } from "./port-forward.ts";
import {
	controlFrame,
	dataFrame,
	FIN,
	type Frame,
	FrameReader,
	PING,
	RST_STREAM,
	SYN_REPLY,
	SYN_STREAM,
} from "./spdy/frames.ts";
import { HeaderCodec } from "./spdy/headers.ts";

let server: Server;
let pod: TcpServer;
let onConnection: (socket: Socket) => void;
const clients: Duplex[] = [];

beforeEach(async () => {
	onConnection = (socket) => socket.pipe(socket);
	pod = createServer({ allowHalfOpen: true }, (socket) => onConnection(socket.on("error", () => {})));
	server = createHttpServer().on("upgrade", (upgrade, socket, head) => {
		servePortForward({ request: upgrade, socket, head }, async (port) => {
			if (port !== 2379 && port !== 2380) throw new Error(`connect ECONNREFUSED ${port}`);
			const target = connect({ port: (pod.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true });
			await once(target, "connect");
			return target;
		});
	});
	for (const each of [pod, server]) await once(each.listen(0, "127.0.0.1"), "listening");
});
afterEach(() => {
	for (const client of clients.splice(0)) client.destroy();
	server.closeAllConnections();
	for (const each of [pod, server]) each.close();
});

const port = () => (server.address() as AddressInfo).port;
const sha = (data: Buffer) => createHash("sha256").update(data).digest("hex");

describe("port-forward by channels", () => {
	const open = (query: string) => {
		const socket = new WebSocket(`ws://127.0.0.1:${port()}/portforward?${query}`, "v4.channel.k8s.io");
		const channels: Buffer[][] = [[], [], [], []];
		socket.on("message", (message: Buffer) => channels[message[0] ?? 0]?.push(message.subarray(1)));
		const all = (channel: number) => Buffer.concat(channels[channel] ?? []);
		return { socket, all };
	};
	const until = async (socket: WebSocket, met: () => boolean) => {
		while (!met()) await once(socket, "message");
	};

	it("begins each channel with the port, and keeps the ports apart", async () => {
		const { socket, all } = open("ports=2379&ports=2380");
		await once(socket, "open");
		socket.send(Buffer.from("\x00one"));
		socket.send(Buffer.from("\x02two"));
		await until(socket, () => all(0).length === 5 && all(2).length === 5);
		const number = (value: number) => Buffer.from([value & 0xff, value >> 8]).toString("latin1");
		expect([0, 1, 2, 3].map((channel) => all(channel).toString("latin1"))).toEqual([
			`${number(2379)}one`,
			number(2379),
			`${number(2380)}two`,
			number(2380),
		]);
		socket.close();
	});

	it("says on the error channel why a port cannot be reached, and closes", async () => {
		const { socket, all } = open("ports=9999");
		const [code] = await once(socket, "close");
		expect(code).toBe(1000);
		expect(all(1).toString("latin1", 2)).toBe("error forwarding port 9999: connect ECONNREFUSED 9999");
	});

	it("closes once all that the pod sent is out", async () => {
		const bytes = randomBytes(32 * 1024 * 1024);
		onConnection = (socket) => socket.end(bytes);
		const { socket, all } = open("ports=2379");
		const [code] = await once(socket, "close");
		expect(code).toBe(1000);
		expect(sha(all(0).subarray(2))).toBe(sha(bytes));
	});

	it("gives the pod all that the client sent before it closed", async () => {
		const bytes = randomBytes(16 * 1024 * 1024);
		const uploaded = new Promise<Buffer>((resolve) => {
			onConnection = (socket) => resolve(buffer(socket).finally(() => socket.end()));
		});
		const { socket } = open("ports=2379");
		await once(socket, "open");
		for (let at = 0; at < bytes.length; at += 300_000) {
			socket.send(Buffer.concat([Buffer.of(0), bytes.subarray(at, at + 300_000)]));
		}
		socket.close();
		expect(sha(await uploaded)).toBe(sha(bytes));
	});

	it("takes no more from the pod than the client reads", async () => {
		let sent = 0;
		const total = 256 * 1024 * 1024;
		const part = Buffer.alloc(1024 * 1024);
		let pump = () => {};
		onConnection = (socket) => {
			pump = () => {
				while (sent < total && socket.write(part)) sent += part.length;
			};
			socket.on("drain", pump);
			pump();
		};
		const { socket } = open("ports=2379");
		await once(socket, "open");
		socket.pause();
		for (let last = -1; last !== sent || sent === 0; ) {
			last = sent;
			await new Promise((resolve) => setTimeout(resolve, 200));
		}
		expect(sent).toBeLessThan(total / 4);
		socket.terminate();
	});

	it("hangs up on the pod when the client is gone", async () => {
		const ended = new Promise<void>((resolve) => {
			onConnection = (socket) => socket.on("end", () => resolve()).resume();
		});
		const { socket } = open("ports=2379");
		await once(socket, "message");
		socket.terminate();
		await ended;
	});

	it.each(["", "ports=0", "ports=x", "ports=65536"])("answers 400 for the query %j", async (query) => {
		const { socket } = open(query);
		const [, response] = await once(
			socket.on("error", () => {}),
			"unexpected-response",
		);
		expect(response.statusCode).toBe(400);
	});
});

/** The client's side of a SPDY connection, as far as the tests need it. */
class SpdyClient {
	readonly frames: Frame[] = [];
	readonly #socket: Duplex;
	readonly #codec = new HeaderCodec();
	#arrived = () => {};

	constructor(socket: Duplex) {
		this.#socket = socket;
		clients.push(socket);
		const reader = new FrameReader();
		socket.on("data", (chunk) => {
			reader.push(chunk);
			for (let frame = reader.next(); frame; frame = reader.next()) this.frames.push(frame);
			this.#arrived();
		});
	}

	static async connect(): Promise<SpdyClient> {
		const headers = { Connection: "Upgrade", Upgrade: "SPDY/3.1", "X-Stream-Protocol-Version": "portforward.k8s.io" };
		const asked = request({ port: port(), method: "POST", path: "/portforward", headers });
		asked.end();
		const [response, socket] = await once(asked, "upgrade");
		expect(response.headers["x-stream-protocol-version"]).toBe("portforward.k8s.io");
		return new SpdyClient(socket);
	}

	async open(id: number, streamtype: string, forwarded: number, requestid: string, flags = 0): Promise<void> {
		const headers = new Map(Object.entries({ streamtype, port: String(forwarded), requestid }));
		const start = Buffer.alloc(10);
		start.writeUInt32BE(id);
		const block = await this.#codec.write(headers);
		this.write(controlFrame(SYN_STREAM, flags, Buffer.concat([start, block])));
	}

	write(frame: Buffer): void {
		this.#socket.write(frame);
	}

	data(stream: number): Buffer {
		return Buffer.concat(
			this.frames.map((frame) => (!frame.control && frame.stream === stream ? frame.payload : Buffer.alloc(0))),
		);
	}

	fin(stream: number): boolean {
		return this.frames.some((frame) => !frame.control && frame.stream === stream && (frame.flags & FIN) !== 0);
	}

	control(type: number): Buffer[] {
		return this.frames.flatMap((frame) => (frame.control && frame.type === type ? [frame.payload] : []));
	}

	async until(met: () => boolean): Promise<void> {
		while (!met()) {
			await new Promise<void>((resolve) => {
				this.#arrived = resolve;
			});
		}
	}
}

describe("port-forward by SPDY", () => {
	it("answers each stream with a block of headers that ends in a sync flush", async () => {
		const client = await SpdyClient.connect();
		await client.open(1, "error", 2379, "0", FIN);
		await client.open(3, "data", 2379, "0");
		await client.until(() => client.control(SYN_REPLY).length === 2);
		for (const reply of client.control(SYN_REPLY)) expect(reply.subarray(-4).toString("hex")).toBe("0000ffff");
	});

	it("carries many connections at once, each closed in both directions by itself", async () => {
		const client = await SpdyClient.connect();
		const parts = Array.from({ length: 20 }, () => randomBytes(200_000));
		for (const [index, bytes] of parts.entries()) {
			const [error, data] = [4 * index + 1, 4 * index + 3];
			await client.open(error, "error", 2379, String(index), FIN);
			await client.open(data, "data", 2379, String(index));
			client.write(dataFrame(data, 0, bytes));
			client.write(dataFrame(data, FIN, Buffer.alloc(0)));
		}
		await client.until(() => parts.every((_, index) => client.fin(4 * index + 1) && client.fin(4 * index + 3)));
		for (const [index, bytes] of parts.entries()) {
			expect(sha(client.data(4 * index + 3))).toBe(sha(bytes));
			expect(client.data(4 * index + 1).length).toBe(0);
		}
	});

	it("leaves the other direction open when the client has ended its own", async () => {
		onConnection = (socket) => {
			let asked = 0;
			socket.on("data", (chunk) => {
				asked += chunk.length;
			});
			socket.on("end", () => socket.end(`${asked} bytes`));
		};
		const client = await SpdyClient.connect();
		await client.open(1, "error", 2379, "0", FIN);
		await client.open(3, "data", 2379, "0");
		client.write(dataFrame(3, 0, Buffer.alloc(1000)));
		client.write(dataFrame(3, FIN, Buffer.alloc(0)));
		await client.until(() => client.fin(3) && client.fin(1));
		expect(client.data(3).toString()).toBe("1000 bytes");
	});

	it("says on the error stream why a port cannot be reached", async () => {
		const client = await SpdyClient.connect();
		await client.open(1, "error", 9999, "0", FIN);
		await client.open(3, "data", 9999, "0");
		await client.until(() => client.fin(1));
		expect(client.data(1).toString()).toBe("error forwarding port 9999: connect ECONNREFUSED 9999");
	});

	it("hangs up on the pod when the client resets the stream", async () => {
		const ended = new Promise<void>((resolve) => {
			onConnection = (socket) => socket.on("end", () => resolve()).resume();
		});
		const client = await SpdyClient.connect();
		await client.open(1, "error", 2379, "0", FIN);
		await client.open(3, "data", 2379, "0");
		await client.until(() => client.control(SYN_REPLY).length === 2);
		client.write(controlFrame(RST_STREAM, 0, Buffer.from([0, 0, 0, 3, 0, 0, 0, 5])));
		await ended;
		await client.until(() => client.fin(1));
	});

	it("refuses a stream of another type, and echoes pings", async () => {
		const client = await SpdyClient.connect();
		await client.open(1, "music", 2379, "0");
		client.write(controlFrame(PING, 0, Buffer.from([0, 0, 0, 9])));
		await client.until(() => client.control(PING).length === 1 && client.control(RST_STREAM).length === 1);
		expect(client.control(PING)[0]?.readUInt32BE(0)).toBe(9);
	});
});

describe("port-forward by SPDY in a WebSocket", () => {
	it("accepts the subprotocol whose name is no token, and tunnels", async () => {
		const protocol = "SPDY/3.1+portforward.k8s.io";
		const headers = {
			Connection: "Upgrade",
			Upgrade: "websocket",
			"Sec-WebSocket-Version": "13",
			"Sec-WebSocket-Key": randomBytes(16).toString("base64"),
			"Sec-WebSocket-Protocol": protocol,
		};
		const asked = request({ port: port(), path: "/portforward", headers });
		asked.end();
		const [response, socket] = (await once(asked, "upgrade")) as [IncomingMessage, Socket];
		clients.push(socket);
		expect(response.headers["sec-websocket-protocol"]).toBe(protocol);
		const ping = controlFrame(PING, 0, Buffer.from([0, 0, 0, 7]));
		const noMask = Buffer.alloc(4);
		socket.write(Buffer.concat([Buffer.from([0x82, 0x80 | ping.length]), noMask, ping]));
		const [answer] = await once(socket, "data");
		expect(answer).toEqual(Buffer.concat([Buffer.from([0x82, ping.length]), ping]));
	});
});
