import type { Readable } from "node:stream";
import type { ExecSession } from "../api.ts";
import { Channels } from "./channels.ts";
import { type ExecOptions, outcome, resize } from "./exec-session.ts";
import { type ExecStatus, plainStatus } from "./exec-status.ts";
import type { Upgrade } from "./upgrade.ts";
import { acceptWebSocket } from "./websocket.ts";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;

const NORMAL_CLOSURE = 1000;

export async function serveExecOverWebSocket(
	upgrade: Upgrade,
	protocol: string | undefined,
	session: ExecSession,
	options: ExecOptions,
): Promise<void> {
	const socket = await acceptWebSocket(upgrade, protocol);
	const channels = new Channels(socket, protocol);
	let over = false;
	socket.on("close", () => {
		if (over) return;
		session.kill();
		for (const stream of [session.stdin, session.stdout, session.stderr]) stream?.destroy();
	});
	channels.listen({
		data(channel, data) {
			if (channel === STDIN && options.stdin) channels.write(session.stdin, data);
			else if (channel === RESIZE && options.tty) resize(session, data);
		},
		end(channel) {
			if (channel === STDIN) session.stdin.end();
		},
	});
	// An empty message on the first channel tells the client that it is connected.
	channels.send(options.stdout ? STDOUT : options.stderr ? STDERR : ERROR, Buffer.alloc(0));
	const status = await outcome(session, [
		output(channels, session.stdout, options.stdout, STDOUT),
		output(channels, session.stderr, options.stderr, STDERR),
	]);
	over = true;
	channels.send(ERROR, Buffer.from(written(status, protocol)));
	socket.close(NORMAL_CLOSURE);
}

function output(channels: Channels, source: Readable | undefined, wanted: boolean, channel: number): Promise<void> {
	if (source === undefined) return Promise.resolve();
	if (wanted) return channels.pump(source, channel);
	source.resume();
	return Promise.resolve();
}

const written = (status: ExecStatus, protocol: string | undefined): string =>
	protocol?.startsWith("v") ? JSON.stringify(status) : plainStatus(status);
