import { finished } from "node:stream/promises";
import type { ExecSession } from "../api.ts";
import { type ExecOptions, outcome, resize } from "./exec-session.ts";
import { plainStatus } from "./exec-status.ts";
import { acceptSpdy } from "./spdy/accept.ts";
import { SpdyConnection } from "./spdy/connection.ts";
import type { SpdyStream } from "./spdy/stream.ts";
import type { Upgrade } from "./upgrade.ts";

/** Exec over SPDY/3.1: the client opens a stream for each of the command's, and begins when all of them are there. */
export function serveExecOverSpdy(
	upgrade: Upgrade,
	protocol: string | undefined,
	session: ExecSession,
	options: ExecOptions,
): void {
	const streams = new Map<string, SpdyStream>();
	const resizable = options.tty && (protocol === "v4.channel.k8s.io" || protocol === "v3.channel.k8s.io");
	const expected = [
		"error",
		...(options.stdin ? ["stdin"] : []),
		...(options.stdout ? ["stdout"] : []),
		...(options.stderr && !options.tty ? ["stderr"] : []),
		...(resizable ? ["resize"] : []),
	];
	let over = false;
	const connection = new SpdyConnection(acceptSpdy(upgrade, protocol), (stream) => {
		streams.set(stream.headers.get("streamtype") ?? "", stream);
		if (!expected.every((type) => streams.has(type))) return;
		expected.length = 0;
		attach(session, streams, protocol).then(() => {
			over = true;
			connection.close();
		});
	});
	connection.run().then(() => {
		if (!over) session.kill();
	});
}

async function attach(
	session: ExecSession,
	streams: Map<string, SpdyStream>,
	protocol: string | undefined,
): Promise<void> {
	streams.get("stdin")?.pipe(session.stdin);
	streams.get("resize")?.on("data", (message: Buffer) => resize(session, message));
	const outputs = (["stdout", "stderr"] as const).map((type) => {
		const source = session[type];
		const target = streams.get(type);
		if (!target) {
			source?.resume();
			return Promise.resolve();
		}
		if (source) source.pipe(target);
		else target.end();
		return finished(target, { readable: false });
	});
	const status = await outcome(session, outputs);
	const error = streams.get("error");
	error?.end(protocol === "v4.channel.k8s.io" ? JSON.stringify(status) : plainStatus(status));
	if (error) await finished(error, { readable: false }).catch(() => {});
}
