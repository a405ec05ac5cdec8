import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContext } from "node:tls";
import type { QuorateError } from "../errors.ts";
import { type ClusterEntry, type Entry, kubeconfigInvalid } from "./kubeconfig-file.ts";
import { proxyFromEnvironment } from "./proxy.ts";
import { systemRoots } from "./system-roots.ts";

/** PEM of a client certificate and its key, and where they are from. */
export interface ClientCertificate {
	cert: string | Buffer;
	key: string | Buffer;
}

export interface TlsSettings {
	/** PEM of the authorities to trust */
	ca: (string | Buffer)[];
	clientCertificate: ClientCertificate | undefined;
	/** false only where the kubeconfig says insecure-skip-tls-verify */
	verify: boolean;
	/** name to expect in the certificate. @default the server's */
	serverName: string | undefined;
}

export interface ClusterConnection {
	server: string;
	tls: TlsSettings;
	proxy: string | undefined;
	/** of the kubeconfig itself, without what the machine and the environment add */
	configured: {
		/** PEM */
		ca: Buffer | undefined;
		proxy: string | undefined;
		execConfig: unknown;
	};
}

/** @throws QuorateError KubeconfigInvalid */
export function clusterConnection(
	{ file, value }: Entry<ClusterEntry>,
	name: string,
	clientCertificate: ClientCertificate | undefined,
	env: NodeJS.ProcessEnv,
): ClusterConnection {
	const wrong = (problem: string, cause?: unknown) =>
		kubeconfigInvalid(file, `cluster "${name}": ${problem}`, "fix it", cause);
	if (!value.server) throw wrong("server is missing");
	const ca = pem(value.caData, value.caFile, (problem, cause) => wrong(`certificate-authority${problem}`, cause));
	const secured = ca !== undefined || value.insecureSkipTlsVerify || clientCertificate !== undefined;
	const server = parseServer(value.server, secured ? "https" : "http");
	if (!server) throw wrong(`server "${value.server}" is not an address like https://host:6443`);
	if (ca && value.insecureSkipTlsVerify)
		throw wrong("insecure-skip-tls-verify with a certificate-authority contradicts itself");
	const proxy = value.proxyUrl || proxyFromEnvironment(server, env);
	if (proxy !== undefined && !isProxy(proxy))
		throw wrong(`the proxy "${proxy}" is not an http, https or socks5 address`);
	const configured = { ca, proxy: value.proxyUrl || undefined, execConfig: value.execConfig };
	const tls: TlsSettings = {
		ca: ca ? [ca] : value.insecureSkipTlsVerify || server.protocol === "http:" ? [] : systemRoots(env),
		clientCertificate,
		verify: !value.insecureSkipTlsVerify,
		serverName: value.tlsServerName || undefined,
	};
	if (ca && server.protocol === "https:") {
		try {
			createSecureContext({ ca });
		} catch (error) {
			throw wrong("certificate-authority holds no certificate that can be read", error);
		}
		if (!/-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(ca.toString("latin1")))
			throw wrong("certificate-authority holds no certificate");
	}
	return { server: server.href.replace(/\/+$/, ""), tls, proxy, configured };
}

/** The TLS settings as Node takes them. */
export function secureContext(tls: TlsSettings, issued?: ClientCertificate): SecureContext {
	const certificate = issued ?? tls.clientCertificate;
	return createSecureContext({
		...(tls.ca.length > 0 ? { ca: tls.ca } : {}),
		...(certificate ? { cert: certificate.cert, key: certificate.key } : {}),
	});
}

/** What a pair of `x-data` and `x` holds; as kubectl has it, the data wins. */
export function pem(
	data: string | undefined,
	file: string | undefined,
	wrong: (problem: string, cause?: unknown) => QuorateError,
): Buffer | undefined {
	if (data) {
		if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(data)) throw wrong("-data is not base64");
		return Buffer.from(data, "base64");
	}
	if (!file) return undefined;
	try {
		return readFileSync(file);
	} catch (error) {
		throw wrong(` cannot be read: ${error instanceof Error ? error.message : error}`, error);
	}
}

function parseServer(text: string, scheme: string): URL | undefined {
	try {
		const url = new URL(text.includes("://") ? text : `${scheme}://${text}`);
		const usable = (url.protocol === "https:" || url.protocol === "http:") && url.hostname !== "";
		if (!usable) return undefined;
		url.search = "";
		url.hash = "";
		url.username = "";
		url.password = "";
		return url;
	} catch {
		return undefined;
	}
}

function isProxy(text: string): boolean {
	try {
		return ["http:", "https:", "socks5:", "socks5h:"].includes(new URL(text).protocol);
	} catch {
		return false;
	}
}
