import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import type { MemberClientOptions } from "./member-client.ts";

/**
 * TLS over a byte stream. Resolves once the other side's certificate has been accepted.
 *
 * @param protocol agreed upon. @default "h2"
 */
export async function secure(
	raw: Duplex,
	options: NonNullable<MemberClientOptions["tls"]>,
	signal: AbortSignal,
	protocol: "h2" | "http/1.1" = "h2",
): Promise<tls.TLSSocket> {
	const { serverName, isMembers, ca, cert, key, rejectUnauthorized = true } = options;
	const socket = tls.connect({
		socket: raw,
		ALPNProtocols: [protocol],
		// The name indication carries names only; an address is checked all the same.
		servername: isIP(serverName) ? "" : serverName,
		checkServerIdentity: (_, certificate) => {
			const problem = tls.checkServerIdentity(serverName, certificate);
			return problem && isMembers?.(new X509Certificate(certificate.raw)) ? undefined : problem;
		},
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
