import { once } from "node:events";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import type { MemberClientOptions } from "./member-client.ts";

/** TLS over a byte stream, with HTTP/2 agreed upon. Resolves once the other side's certificate has been accepted. */
export async function secure(
	raw: Duplex,
	options: NonNullable<MemberClientOptions["tls"]>,
	signal: AbortSignal,
): Promise<tls.TLSSocket> {
	const { serverName, ca, cert, key, rejectUnauthorized = true } = options;
	const socket = tls.connect({
		socket: raw,
		ALPNProtocols: ["h2"],
		// The name indication carries names only; an address is checked all the same.
		servername: isIP(serverName) ? "" : serverName,
		checkServerIdentity: (_, certificate) => tls.checkServerIdentity(serverName, certificate),
		rejectUnauthorized,
		...(ca === undefined ? {} : { ca }),
		...(cert === undefined ? {} : { cert }),
		...(key === undefined ? {} : { key }),
	});
	try {
		await once(socket, "secureConnect", { signal });
	} catch (error) {
		socket.on("error", () => {});
		socket.destroy();
		raw.destroy();
		throw error;
	}
	return socket;
}
