import http from "node:http";
import https from "node:https";
import { type ClientCertificate, secureContext, type TlsSettings } from "./cluster-entry.ts";

/**
 * How long an unused connection is kept: less than load balancers do, so that a request is seldom sent into one that
 * has just been closed at the other end.
 */
const KEEP_MS = 30_000;

/** Time after which the system starts to ask whether a silent peer is still there. */
export const TCP_KEEPALIVE_MS = 15_000;

/** "shared": kept open and used again. "own": opened for one request and closed after it. */
export type ConnectionKind = "shared" | "own";

/** The connections to the API server, through its proxy if there is one. */
export interface Connections {
	/** @param issued a certificate that a credential plugin gave out, used instead of the kubeconfig's */
	agent(kind: ConnectionKind, issued?: ClientCertificate): Promise<http.Agent>;
	/** Ends those that are open. */
	close(): void;
}

export function openConnections(server: URL, tls: TlsSettings, proxy: string | undefined): Connections {
	const agents = new Map<string, Promise<http.Agent>>();
	return {
		agent(kind, issued) {
			// A certificate that was issued anew needs connections of its own: those open speak for the old one.
			const key = `${kind} ${issued?.cert ?? ""}`;
			const existing = agents.get(key);
			if (existing) return existing;
			const made = makeAgent(server, tls, proxy, kind, issued);
			agents.set(key, made);
			return made;
		},
		close() {
			for (const agent of agents.values()) agent.then((it) => it.destroy()).catch(() => {});
			agents.clear();
		},
	};
}

async function makeAgent(
	server: URL,
	tls: TlsSettings,
	proxy: string | undefined,
	kind: ConnectionKind,
	issued: ClientCertificate | undefined,
): Promise<http.Agent> {
	const kept = kind === "shared";
	const base = { keepAlive: kept, keepAliveMsecs: TCP_KEEPALIVE_MS, ...(kept ? { timeout: KEEP_MS } : {}) };
	const secure = server.protocol === "https:";
	const options: https.AgentOptions = secure
		? {
				...base,
				secureContext: secureContext(tls, issued),
				// Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in someone's shell does not switch it off.
				rejectUnauthorized: tls.verify,
				...(tls.serverName ? { servername: tls.serverName } : {}),
			}
		: base;
	if (proxy === undefined) return secure ? new https.Agent(options) : new http.Agent(options);
	const { proxyAgent } = await import("./proxy-agents.ts");
	return proxyAgent(proxy, secure, options);
}
