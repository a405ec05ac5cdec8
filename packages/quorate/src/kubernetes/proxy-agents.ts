// Loaded only when there is a proxy. A file of ours between the import() and the packages: bundled, a CommonJS package has no named exports.
import type http from "node:http";
import type https from "node:https";
import { HttpProxyAgent, HttpsProxyAgent } from "hpagent";
import { SocksProxyAgent } from "socks-proxy-agent";
import { systemRoots } from "./system-roots.ts";

/** @param secure the API server speaks TLS; whether the proxy does, its address says */
export function proxyAgent(proxy: string, secure: boolean, options: https.AgentOptions): http.Agent {
	if (proxy.startsWith("socks")) return new SocksProxyAgent(proxy, options);
	// As kubectl does: the kubeconfig's authority is the API server's, the proxy is trusted as the machine trusts it.
	const proxyRequestOptions = proxy.startsWith("https:")
		? { ca: systemRoots(process.env), rejectUnauthorized: true }
		: undefined;
	const all = { ...options, proxy, ...(proxyRequestOptions ? { proxyRequestOptions } : {}) };
	return secure ? new HttpsProxyAgent(all) : new HttpProxyAgent(all);
}
