import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { relay } from "./relay.ts";

const servers: Server[] = [];
afterEach(() => {
	for (const server of servers.splice(0)) server.close();
});

async function listen(serve: (socket: Socket) => void): Promise<number> {
	const server = createServer({ allowHalfOpen: true }, serve);
	servers.push(server);
	await once(server.listen(0, "127.0.0.1"), "listening");
	return (server.address() as AddressInfo).port;
}

/** A client whose connection is relayed to `serve`. */
async function through(serve: (socket: Socket) => void): Promise<Socket> {
	const port = await listen(serve);
	const front = await listen((socket) => relay(socket, "127.0.0.1", port));
	const client = connect({ host: "127.0.0.1", port: front, allowHalfOpen: true });
	await once(client, "connect");
	return client;
}

/** All that comes until the other side ends; the socket itself stays open. */
async function read(socket: Socket): Promise<string> {
	let all = "";
	socket.setEncoding("utf8").on("data", (text: string) => {
		all += text;
	});
	await once(socket, "end");
	return all;
}

test("a half-closed connection still brings the answer", async () => {
	const client = await through(async (socket) => socket.end(`got ${await read(socket)}`));
	client.end("question");
	expect(await read(client)).toBe("got question");
});

test("the server may end first", async () => {
	const received: string[] = [];
	const client = await through(async (socket) => {
		socket.end("bye");
		received.push(await read(socket));
	});
	expect(await read(client)).toBe("bye");
	client.end("still here");
	await expect.poll(() => received).toEqual(["still here"]);
});

test("a connection that breaks on one side breaks on the other", async () => {
	const client = await through((socket) => socket.once("data", () => socket.resetAndDestroy()));
	client.write("x");
	const [error] = await once(client, "error");
	expect(error.code).toBe("ECONNRESET");
});

test("nobody there: the client is reset", async () => {
	const gone = createServer();
	await once(gone.listen(0, "127.0.0.1"), "listening");
	const { port } = gone.address() as AddressInfo;
	gone.close();
	await once(gone, "close");
	const front = await listen((socket) => relay(socket, "127.0.0.1", port));
	const client = connect({ host: "127.0.0.1", port: front });
	const [error] = await once(client, "error");
	expect(error.code).toBe("ECONNRESET");
});

test("a reader that does not read holds the writer up", async () => {
	let written = 0;
	const total = 64 * 1024 * 1024;
	const client = await through((socket) => {
		const chunk = Buffer.alloc(1024 * 1024);
		const write = () => {
			while (written < total && socket.write(chunk)) written += chunk.length;
			if (written < total) {
				written += chunk.length;
				socket.once("drain", write);
			} else socket.end();
		};
		write();
	});
	client.pause();
	let before = -1;
	while (before !== written) {
		before = written;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	expect(written).toBeLessThan(total);
	let received = 0;
	for await (const chunk of client) received += chunk.length;
	expect(received).toBeGreaterThanOrEqual(total);
});
