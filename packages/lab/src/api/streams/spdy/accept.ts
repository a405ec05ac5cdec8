import type { Duplex } from "node:stream";
import type { Upgrade } from "../upgrade.ts";

/** Answers a plain HTTP request for SPDY/3.1; the socket is its transport then. */
export function acceptSpdy({ socket, head }: Upgrade, protocol: string | undefined): Duplex {
	const lines = ["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: SPDY/3.1"];
	if (protocol !== undefined) lines.push(`X-Stream-Protocol-Version: ${protocol}`);
	socket.write(`${lines.join("\r\n")}\r\n\r\n`);
	if (head.length > 0) socket.unshift(head);
	return socket;
}
