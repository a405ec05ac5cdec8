import { BlockList, isIP } from "node:net";

/**
 * The proxy that Go programs, and so kubectl, would take for this server: HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY
 * (a comma-separated list of names with or without a leading dot, addresses, CIDRs, `host:port`, or `*`) exempts it.
 */
export function proxyFromEnvironment(server: URL, env: NodeJS.ProcessEnv): string | undefined {
	const host = server.hostname.replace(/^\[|\]$/g, "").toLowerCase();
	if (host === "localhost" || isLoopback(host)) return undefined;
	const proxy =
		server.protocol === "https:" ? (env.HTTPS_PROXY ?? env.https_proxy) : (env.HTTP_PROXY ?? env.http_proxy);
	if (!proxy) return undefined;
	const port = server.port || (server.protocol === "https:" ? "443" : "80");
	const exempt = (env.NO_PROXY ?? env.no_proxy ?? "")
		.split(",")
		.some((rule) => matches(rule.trim().toLowerCase(), host, port));
	if (exempt) return undefined;
	return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function matches(rule: string, host: string, port: string): boolean {
	if (rule === "") return false;
	if (rule === "*") return true;
	if (rule.includes("/")) return inSubnet(rule, host);
	const portless = /^(.*):(\d+)$/.exec(rule);
	if (portless && isIP(rule) === 0) return portless[2] === port && matches(portless[1] ?? "", host, port);
	const name = rule.replace(/^\*?\./, "");
	return (host === name && !rule.startsWith(".")) || host.endsWith(`.${name}`);
}

function inSubnet(rule: string, host: string): boolean {
	const [network = "", bits = ""] = rule.split("/");
	const family = isIP(network);
	if (family === 0 || family !== isIP(host) || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
		return false;
	const type = family === 4 ? "ipv4" : "ipv6";
	const list = new BlockList();
	list.addSubnet(network, Number(bits), type);
	return list.check(host, type);
}

function isLoopback(host: string): boolean {
	return host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
