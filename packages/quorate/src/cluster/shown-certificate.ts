import type { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import tls from "node:tls";
import { timeLimit } from "../time-limit.ts";

const TIMEOUT_MS = 5000;

/** The certificate that whoever listens there shows, whether or not it is to be trusted. Nothing is sent to it. */
export async function shownCertificate(dial: () => Promise<Duplex>, serverName: string): Promise<X509Certificate> {
	const raw = await dial();
	const socket = tls.connect({
		socket: raw,
		servername: isIP(serverName) ? "" : serverName,
		ALPNProtocols: ["h2"],
		rejectUnauthorized: false,
	});
	// a server that wants a client's certificate hangs up, but shows its own first
	socket.on("error", () => {});
	try {
		await once(socket, "secureConnect", { signal: timeLimit(TIMEOUT_MS) });
		const certificate = socket.getPeerX509Certificate();
		if (certificate) return certificate;
		throw new Error("it shows no certificate");
	} finally {
		socket.destroy();
		raw.on("error", () => {}).destroy();
	}
}
