import { PassThrough, pipeline, type Readable } from "node:stream";
import type { ExecSession } from "../api.ts";
import type { ExecOptions } from "./exec-session.ts";
import { serveExecOverSpdy } from "./exec-spdy.ts";
import { serveExecOverWebSocket } from "./exec-websocket.ts";
import { negotiate, offeredProtocols, offeredStreamProtocols, refuse, type Upgrade, wantsSpdy } from "./upgrade.ts";
import { checkHandshake } from "./websocket.ts";

const WEBSOCKET_PROTOCOLS = [
	"v5.channel.k8s.io",
	"v4.channel.k8s.io",
	"v4.base64.channel.k8s.io",
	"channel.k8s.io",
	"base64.channel.k8s.io",
];
const SPDY_PROTOCOLS = ["v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"];

/**
 * Serves exec and attach: over WebSocket, or over SPDY/3.1 for kubectl before 1.31 and where it falls back. The session is
 * begun first; what it rejects with is the HTTP answer. A client that goes away kills it.
 */
export function serveExec(upgrade: Upgrade, session: () => Promise<ExecSession>, options: ExecOptions): void {
	upgrade.socket.on("error", () => {});
	serve(upgrade, session, options).catch((error) => refuse(upgrade.socket, error));
}

async function serve(upgrade: Upgrade, session: () => Promise<ExecSession>, options: ExecOptions): Promise<void> {
	const spdy = wantsSpdy(upgrade.request);
	if (!spdy) checkHandshake(upgrade);
	const protocol = spdy
		? negotiate(offeredStreamProtocols(upgrade.request), SPDY_PROTOCOLS)
		: negotiate(offeredProtocols(upgrade.request), WEBSOCKET_PROTOCOLS);
	const running = caught(await session());
	if (upgrade.socket.destroyed) return running.kill();
	if (spdy) serveExecOverSpdy(upgrade, protocol, running, options);
	else await serveExecOverWebSocket(upgrade, protocol, running, options);
}

/** The session with its output held: Node throws away what a child has written and nobody reads yet when it exits. */
function caught(session: ExecSession): ExecSession {
	session.exited.catch(() => {});
	session.stdin.on("error", () => {});
	return {
		stdin: session.stdin,
		stdout: held(session.stdout),
		...(session.stderr ? { stderr: held(session.stderr) } : {}),
		resize: (columns, rows) => session.resize(columns, rows),
		exited: session.exited,
		kill: () => session.kill(),
	};
}

const held = (source: Readable): Readable => pipeline(source, new PassThrough(), () => {});
