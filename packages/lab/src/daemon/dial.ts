import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { LabError } from "../lab-error.ts";
import { connectIn, listenIn, type SocketFolder } from "./socket-folder.ts";
import { splice } from "./splice.ts";

const SOCKET = "dial.sock";
const OK = "ok\n";
/** A host name has at most 253 characters, a port five. */
const LONGEST_LINE = 300;

/**
 * The way into the lab's network for programs outside: a Unix socket that reads one line, `host port`, answers `ok`
 * or why not, and then is the connection.
 */
export async function serveDial(
	folder: SocketFolder,
	dial: (host: string, port: number) => Promise<Duplex>,
): Promise<{ close(): void }> {
	const server = createServer({ allowHalfOpen: true }, (client) => {
		client.on("error", () => undefined);
		accept(client, dial).catch((error: unknown) => client.end(`${error instanceof Error ? error.message : error}\n`));
	});
	await listenIn(folder, SOCKET, server);
	return { close: () => server.close() };
}

async function accept(client: Socket, dial: (host: string, port: number) => Promise<Duplex>): Promise<void> {
	const { line, rest } = await readLine(client);
	const [, host, port] = /^(\S+) (\d{1,5})$/.exec(line) ?? [];
	if (host === undefined || Number(port) > 65_535) throw new Error(`not "host port": ${line}`);
	const target = await dial(host, Number(port));
	client.write(OK);
	if (rest.length > 0) target.write(rest);
	splice(client, target);
}

/** Connects to an address inside the lab in `folder`. */
export async function dialThrough(folder: string, host: string, port: number): Promise<Duplex> {
	const operation = `connecting to ${host}:${port} in the lab`;
	const socket = await connectIn(folder, SOCKET).catch((cause) => {
		throw new LabError("DialFailed", { operation, message: `the lab does not answer (${cause.message})`, cause });
	});
	socket.write(`${host} ${port}\n`);
	const { line, rest } = await readLine(socket);
	if (`${line}\n` !== OK) {
		socket.destroy();
		throw new LabError("DialFailed", { operation, message: line || "the lab closed the connection" });
	}
	if (rest.length > 0) socket.unshift(rest);
	return socket;
}

async function readLine(socket: Socket): Promise<{ line: string; rest: Buffer }> {
	let read = Buffer.alloc(0);
	while (!read.includes("\n") && read.length < LONGEST_LINE) {
		if (socket.readableEnded || socket.destroyed) break;
		await Promise.race([once(socket, "readable"), once(socket, "end"), once(socket, "close")]).catch(() => undefined);
		const chunk: Buffer | null = socket.read();
		if (chunk) read = Buffer.concat([read, chunk]);
	}
	const end = read.indexOf("\n");
	if (end < 0) return { line: read.toString(), rest: Buffer.alloc(0) };
	return { line: read.subarray(0, end).toString(), rest: read.subarray(end + 1) };
}
