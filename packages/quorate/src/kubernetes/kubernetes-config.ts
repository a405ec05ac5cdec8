import type { TlsSettings } from "./cluster-entry.ts";
import type { Credentials } from "./credentials.ts";

/** How to reach the API server, and as whom. */
export interface KubernetesConfig {
	/** scheme, host, port, and a path where the server lies below one; no trailing slash */
	server: string;
	namespace: string;
	/** undefined in a cluster */
	context: string | undefined;
	/** for messages: the user's name in the kubeconfig */
	user: string;
	/** for messages: the kubeconfig that names the server */
	source: string;
	tls: TlsSettings;
	/** http, https or socks5 URL */
	proxy: string | undefined;
	credentials: Credentials;
	/** sent with every request: who is impersonated */
	headers: Record<string, string | string[]>;
	requestTimeoutMs: number;
}

/** Long enough for a slow list over a slow line, short enough for someone who waits. */
export const DEFAULT_TIMEOUT_MS = 30_000;
