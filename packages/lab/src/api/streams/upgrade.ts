import type { IncomingMessage } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { ApiError } from "../api-error.ts";

/** A request to speak another protocol, as Node's HTTP server hands it over. */
export interface Upgrade {
	request: IncomingMessage;
	socket: Duplex;
	/** What the client sent after its request already. */
	head: Buffer;
}

/** Answers with a Status instead of upgrading, and closes. */
export function refuse(socket: Duplex, error: unknown): void {
	const { code, status } = asStatus(error);
	const body = JSON.stringify(status);
	socket.end(
		[
			`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? "Unknown"}`,
			"Content-Type: application/json",
			`Content-Length: ${Buffer.byteLength(body)}`,
			"Connection: close",
			"",
			body,
		].join("\r\n"),
	);
}

function asStatus(error: unknown) {
	const known =
		error instanceof ApiError
			? error
			: new ApiError(
					500,
					"InternalError",
					`Internal error occurred: ${error instanceof Error ? error.message : error}`,
				);
	return { code: known.code, status: known.toStatus() };
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The subprotocols that a WebSocket client offers, in its order. */
export const offeredProtocols = (request: IncomingMessage): string[] => list(request.headers["sec-websocket-protocol"]);

/** The stream protocol versions that a SPDY client offers, in its order. */
export const offeredStreamProtocols = (request: IncomingMessage): string[] =>
	list(request.headers["x-stream-protocol-version"]);

const list = (header: string | string[] | undefined): string[] =>
	[header ?? []]
		.flat()
		.flatMap((value) => value.split(","))
		.map((value) => value.trim())
		.filter((value) => value !== "");

export const wantsSpdy = (request: IncomingMessage): boolean => request.headers.upgrade?.toLowerCase() === "spdy/3.1";

/** The first of ours, by our preference, that the client offers; undefined where it offers nothing at all. @throws ApiError 400 */
export function negotiate(offered: string[], supported: readonly string[]): string | undefined {
	if (offered.length === 0) return undefined;
	const chosen = supported.find((protocol) => offered.includes(protocol));
	if (chosen !== undefined) return chosen;
	const message = `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(" ")}], server accepts [${supported.join(" ")}]`;
	throw new ApiError(403, "Forbidden", message);
}
