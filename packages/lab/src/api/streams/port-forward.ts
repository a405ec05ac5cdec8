import type { Duplex } from "node:stream";
import { createWebSocketStream } from "ws";
import { ApiError } from "../api-error.ts";
import { forwardChannels } from "./port-forward-channels.ts";
import { forwardSpdy } from "./port-forward-spdy.ts";
import { acceptSpdy } from "./spdy/accept.ts";
import { negotiate, offeredProtocols, offeredStreamProtocols, refuse, type Upgrade, wantsSpdy } from "./upgrade.ts";
import { acceptWebSocket, checkHandshake } from "./websocket.ts";

const SPDY = "portforward.k8s.io";
const TUNNEL = "SPDY/3.1+portforward.k8s.io";
const CHANNELS = ["v4.channel.k8s.io", "v4.base64.channel.k8s.io", SPDY];

/**
 * Serves port-forward: SPDY tunnelled in a WebSocket (kubectl since 1.31), SPDY by itself (before), or a WebSocket with two
 * channels for each port in the query (`?ports=2379&ports=2380`), as kubelets serve it. The end of one direction leaves the
 * other open, if what `dial` gives is made with `allowHalfOpen`.
 */
export function servePortForward(upgrade: Upgrade, dial: (port: number) => Promise<Duplex>): void {
	upgrade.socket.on("error", () => {});
	serve(upgrade, dial).catch((error) => refuse(upgrade.socket, error));
}

async function serve(upgrade: Upgrade, dial: (port: number) => Promise<Duplex>): Promise<void> {
	const { request } = upgrade;
	if (wantsSpdy(request)) {
		const protocol = negotiate(offeredStreamProtocols(request), [SPDY]);
		forwardSpdy(acceptSpdy(upgrade, protocol), dial);
		return;
	}
	checkHandshake(upgrade);
	const protocol = negotiate(offeredProtocols(request), [TUNNEL, ...CHANNELS]);
	if (protocol === TUNNEL) {
		forwardSpdy(createWebSocketStream(await acceptWebSocket(upgrade, protocol)), dial);
		return;
	}
	const ports = portsOf(request.url ?? "");
	forwardChannels(await acceptWebSocket(upgrade, protocol), protocol, ports, dial);
}

/** @throws ApiError 400 */
function portsOf(url: string): number[] {
	const { searchParams } = new URL(url, "http://localhost");
	const asked = searchParams.getAll("ports").flatMap((ports) => ports.split(","));
	if (asked.length === 0) throw new ApiError(400, "BadRequest", 'query parameter "port" is required');
	return asked.map((text) => {
		const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
		if (port >= 1 && port <= 65535) return port;
		throw new ApiError(400, "BadRequest", `unable to parse ${JSON.stringify(text)} as a port`);
	});
}
