import { type WebSocket, WebSocketServer } from "ws";
import { ApiError } from "../api-error.ts";
import type { Upgrade } from "./upgrade.ts";

/** Beyond this much unsent, whoever sends has to wait. */
const HIGH_WATER = 1024 * 1024;
const VERSIONS = ["13", "8"];

/** @throws ApiError 400 where the request is no WebSocket handshake */
export function checkHandshake({ request }: Upgrade): void {
	const { upgrade, "sec-websocket-key": key, "sec-websocket-version": version } = request.headers;
	const valid =
		request.method === "GET" &&
		upgrade?.toLowerCase() === "websocket" &&
		/^[+/0-9A-Za-z]{22}==$/.test(key ?? "") &&
		VERSIONS.includes(version ?? "");
	if (!valid) throw new ApiError(400, "BadRequest", "Upgrade request required");
}

/** Completes a handshake that has been checked, on the subprotocol chosen. */
export function acceptWebSocket({ request, socket, head }: Upgrade, protocol: string | undefined): Promise<WebSocket> {
	const server = new WebSocketServer({
		noServer: true,
		clientTracking: false,
		perMessageDeflate: false,
		skipUTF8Validation: true,
	});
	// Some of Kubernetes' names ("SPDY/3.1+portforward.k8s.io") are no tokens, and ws would refuse them.
	delete request.headers["sec-websocket-protocol"];
	if (protocol !== undefined) server.on("headers", (headers) => headers.push(`Sec-WebSocket-Protocol: ${protocol}`));
	return new Promise((resolve) => server.handleUpgrade(request, socket, head, resolve));
}

/** Sends; the promise is there when there is room for more, or the connection is gone. */
export function sendMessage(socket: WebSocket, message: Buffer | string): Promise<void> | undefined {
	if (socket.readyState !== socket.OPEN) return undefined;
	if (socket.bufferedAmount + message.length < HIGH_WATER) {
		socket.send(message, ignore);
		return undefined;
	}
	return new Promise((resolve) => socket.send(message, () => resolve()));
}

const ignore = () => {};
