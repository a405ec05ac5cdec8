import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough, Readable, Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { ExecSession } from "../api.ts";
import { ApiError } from "../api-error.ts";
import { serveExec } from "./exec.ts";
import type { ExecOptions } from "./exec-session.ts";

const V5 = "v5.channel.k8s.io";

class FakeSession implements ExecSession {
	readonly stdin: PassThrough | Writable = new PassThrough();
	stdout: Readable = new PassThrough();
	readonly stderr = new PassThrough();
	readonly sizes: [number, number][] = [];
	readonly exited: Promise<number>;
	readonly killed: Promise<void>;
	exit: (code: number) => void = () => {};
	fail: (error: Error) => void = () => {};
	kill: () => void = () => {};

	constructor(stdin?: Writable) {
		if (stdin) this.stdin = stdin;
		this.exited = new Promise((resolve, reject) => {
			this.exit = resolve;
			this.fail = reject;
		});
		this.killed = new Promise((resolve) => {
			this.kill = resolve;
		});
	}

	resize(columns: number, rows: number): void {
		this.sizes.push([columns, rows]);
	}

	/** Says the words, and ends. */
	finish(code: number, stdout = "", stderr = ""): void {
		(this.stdout as PassThrough).end(stdout);
		this.stderr.end(stderr);
		this.exit(code);
	}
}

/** What the client received, by channel. */
async function received(socket: WebSocket): Promise<string[]> {
	const channels = ["", "", "", "", ""];
	socket.on("message", (message: Buffer) => {
		channels[message[0] ?? 0] += message.toString("utf8", 1);
	});
	await once(socket, "close");
	return channels;
}

let server: Server;
let session: FakeSession;
let begin: () => Promise<ExecSession>;
let options: ExecOptions;

beforeEach(async () => {
	session = new FakeSession();
	begin = async () => session;
	options = { stdin: true, stdout: true, stderr: true, tty: false };
	server = createServer().on("upgrade", (request, socket, head) => {
		serveExec({ request, socket, head }, () => begin(), options);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
});
afterEach(() => {
	server.closeAllConnections();
	server.close();
});

const address = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
const client = (...protocols: string[]) => new WebSocket(`ws://${address()}/exec`, protocols);

describe("exec over WebSocket", () => {
	it("carries stdout, stderr and the exit code", async () => {
		const socket = client(V5);
		session.finish(7, "out", "err");
		const [, stdout, stderr, status] = await received(socket);
		expect([stdout, stderr]).toEqual(["out", "err"]);
		expect(JSON.parse(status ?? "")).toEqual({
			metadata: {},
			status: "Failure",
			reason: "NonZeroExitCode",
			message: "command terminated with non-zero exit code: exit status 7",
			details: { causes: [{ reason: "ExitCode", message: "7" }] },
		});
	});

	it("keeps what a command says and ends with before anyone listens", async () => {
		begin = async () => {
			session.finish(0, "quick");
			await once(session.stdout, "readable");
			return session;
		};
		const [, stdout, , status] = await received(client(V5));
		expect(stdout).toBe("quick");
		expect(JSON.parse(status ?? "")).toEqual({ metadata: {}, status: "Success" });
	});

	it("passes on stdin and its end", async () => {
		const socket = client(V5);
		await once(socket, "open");
		const input = buffer(session.stdin as PassThrough);
		socket.send(Buffer.from("\x00hello "));
		socket.send(Buffer.from("\x00world"));
		socket.send(Buffer.from([255, 0]));
		expect((await input).toString()).toBe("hello world");
		session.finish(0);
		await received(socket);
	});

	it("passes on the size of a terminal, and no nonsense", async () => {
		options.tty = true;
		const socket = client(V5);
		await once(socket, "open");
		for (const text of ["{", '"x"', '{"Width":80,"Height":24}']) socket.send(Buffer.from(`\x04${text}`));
		socket.send(Buffer.from([255, 0]));
		await buffer(session.stdin as PassThrough);
		expect(session.sizes).toEqual([[80, 24]]);
		session.finish(0);
		await received(socket);
	});

	it("moves much both ways unharmed", async () => {
		const bytes = randomBytes(8 * 1024 * 1024);
		const digest = (data: Buffer) => createHash("sha256").update(data).digest("hex");
		session.stdout = Readable.from([bytes.subarray(0, 5_000_001), bytes.subarray(5_000_001)]);
		const socket = client(V5);
		const output: Buffer[] = [];
		socket.on("message", (message: Buffer) => {
			if (message[0] === 1) output.push(message.subarray(1));
		});
		await once(socket, "open");
		for (let at = 0; at < bytes.length; at += 100_000) {
			socket.send(Buffer.concat([Buffer.of(0), bytes.subarray(at, at + 100_000)]));
		}
		socket.send(Buffer.from([255, 0]));
		expect(digest(await buffer(session.stdin as PassThrough))).toBe(digest(bytes));
		session.stderr.end();
		session.exit(0);
		await once(socket, "close");
		expect(digest(Buffer.concat(output))).toBe(digest(bytes));
	});

	it("reads no more from the client than the command takes", async () => {
		let release = () => {};
		let taken = 0;
		const slow = new Writable({
			write(chunk, _encoding, done) {
				taken += chunk.length;
				if (taken === chunk.length) release = done;
				else done();
			},
		});
		session = new FakeSession(slow);
		const socket = client(V5);
		await once(socket, "open");
		const total = 64 * 1024 * 1024;
		const part = Buffer.alloc(1024 * 1024);
		for (let sent = 0; sent < total; sent += part.length - 1) socket.send(part);
		for (let last = -1; last !== socket.bufferedAmount; ) {
			last = socket.bufferedAmount;
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		expect(socket.bufferedAmount).toBeGreaterThan(total / 2);
		release();
		socket.send(Buffer.from([255, 0]));
		await once(slow, "finish");
		expect(taken).toBeGreaterThanOrEqual(total);
		session.finish(0);
		await once(socket, "close");
	});

	it("kills the command when the client goes away", async () => {
		const socket = client(V5);
		await once(socket, "open");
		socket.terminate();
		await session.killed;
	});

	it("answers what the session rejects with as a Status", async () => {
		begin = () => Promise.reject(new ApiError(404, "NotFound", 'pods "x" not found'));
		const [, response] = await once(
			client(V5).on("error", () => {}),
			"unexpected-response",
		);
		expect(response.statusCode).toBe(404);
		expect(JSON.parse((await buffer(response)).toString())).toMatchObject({
			kind: "Status",
			code: 404,
			message: 'pods "x" not found',
		});
	});

	it("says why where the exit code cannot be known", async () => {
		const socket = client(V5);
		await once(socket, "open");
		(session.stdout as PassThrough).end();
		session.stderr.end();
		session.fail(new Error("the node is off"));
		const [, , , status] = await received(socket);
		expect(JSON.parse(status ?? "")).toMatchObject({ status: "Failure", reason: "InternalError" });
	});

	it("says why where what the command said cannot be read", async () => {
		const socket = client(V5);
		await once(socket, "open");
		session.stdout.destroy(new Error("the pipe broke"));
		session.stderr.end();
		session.exit(0);
		const [, stdout, , status] = await received(socket);
		expect(stdout).toBe("");
		expect(JSON.parse(status ?? "")).toMatchObject({
			status: "Failure",
			message: expect.stringMatching(/the pipe broke/),
		});
	});

	it("refuses protocols it does not speak", async () => {
		const [, response] = await once(
			client("v9.channel.k8s.io").on("error", () => {}),
			"unexpected-response",
		);
		expect(response.statusCode).toBe(403);
	});

	it.each([["v4.channel.k8s.io"], ["channel.k8s.io"]])("speaks %s", async (protocol) => {
		const socket = client(protocol);
		session.finish(3, "out");
		const [, stdout, , status] = await received(socket);
		expect(stdout).toBe("out");
		expect(socket.protocol).toBe(protocol);
		expect(status).toContain("exit status 3");
	});

	it("speaks base64", async () => {
		const socket = client("v4.base64.channel.k8s.io");
		const texts: string[] = [];
		socket.on("message", (message: Buffer) => texts.push(message.toString()));
		await once(socket, "open");
		const input = once(session.stdin as PassThrough, "data");
		socket.send(`0${Buffer.from("hi").toString("base64")}`);
		expect(String((await input)[0])).toBe("hi");
		session.finish(0, "out");
		await once(socket, "close");
		expect(texts).toContain(`1${Buffer.from("out").toString("base64")}`);
	});
});
