import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askControl, serveControl } from "./control.ts";
import { dialThrough, serveDial } from "./dial.ts";
import type { LabRecord } from "./record.ts";
import { SocketFolder } from "./socket-folder.ts";

let root: string;
let folder: string;
let sockets: SocketFolder;
let open: { close(): void }[];

beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), "quorate-sockets-"));
	// Longer than any address of a Unix socket may be.
	folder = join(root, "a folder with a long name ".repeat(4), "x".repeat(100));
	await mkdir(folder, { recursive: true });
	sockets = new SocketFolder(folder);
	open = [];
});

afterEach(async () => {
	for (const server of open) server.close();
	await rm(root, { recursive: true });
});

describe("the dial socket", () => {
	let echo: Server;
	let port: number;

	beforeEach(async () => {
		echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
		echo.listen(0, "127.0.0.1");
		await once(echo, "listening");
		port = (echo.address() as AddressInfo).port;
		open.push(echo);
		const dial = async (host: string, port: number) => {
			const socket = connect({ host, port, allowHalfOpen: true });
			await once(socket, "connect");
			return socket;
		};
		open.push(await serveDial(sockets, dial));
	});

	it("passes bytes both ways, and ends, however long the folder's path is", async () => {
		const stream = await dialThrough(folder, "127.0.0.1", port);
		const sent = "x".repeat(1_000_000);
		stream.end(sent);
		expect((await text(stream)) === sent).toBe(true);
	});

	it("says why there is no connection", async () => {
		echo.close();
		await expect(dialThrough(folder, "127.0.0.1", port)).rejects.toMatchObject({
			code: "DialFailed",
			message: expect.stringContaining("ECONNREFUSED"),
		});
	});

	it.each(["", "a b", "\n", `${"x".repeat(400)}`])("refuses the host %j", async (host) => {
		await expect(dialThrough(folder, host, port)).rejects.toMatchObject({ code: "DialFailed" });
	});

	it("says so where there is no lab behind it", async () => {
		await expect(dialThrough(root, "127.0.0.1", port)).rejects.toMatchObject({ code: "DialFailed" });
	});
});

describe("the control socket", () => {
	const record = { name: "lab" } as LabRecord;

	it("answers, passes on questions, and what went wrong with them", async () => {
		let answer = async (): Promise<unknown> => ({ nodes: [] });
		open.push(await serveControl(sockets, { status: () => ({ record }), ask: () => answer() }));
		expect(await askControl(folder, "/status")).toEqual({ record });
		expect(await askControl(folder, "/ask", { kind: "status" })).toEqual({ nodes: [] });
		answer = () => Promise.reject(new Error("it is busy"));
		await expect(askControl(folder, "/ask", { kind: "status" })).rejects.toThrow("it is busy");
	});

	it("leaves no file when it is closed", async () => {
		const server = await serveControl(sockets, { status: () => ({ record }), ask: async () => undefined });
		expect(await readdir(folder)).toEqual(["control.sock"]);
		server.close();
		expect(await readdir(folder)).toEqual([]);
	});
});
