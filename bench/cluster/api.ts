import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import { parse } from "yaml";

interface Kubeconfig {
	clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
	users: { user: { "client-certificate-data": string; "client-key-data": string } }[];
}

/** A plain client of an API server, that takes as little time of its own as can be. */
export class Api {
	readonly #server: string;
	readonly #agent: Agent;

	private constructor(server: string, agent: Agent) {
		this.#server = server;
		this.#agent = agent;
	}

	/** For the kubeconfig's only cluster and user, who has a client certificate. */
	static async open(kubeconfig: string): Promise<Api> {
		const { clusters, users } = parse(await readFile(kubeconfig, "utf8")) as Kubeconfig;
		const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
		if (!cluster || !user) throw new Error(`${kubeconfig} names no cluster and user`);
		const decode = (base64: string) => Buffer.from(base64, "base64");
		return new Api(
			cluster.server,
			new Agent({
				keepAlive: true,
				ca: decode(cluster["certificate-authority-data"]),
				cert: decode(user["client-certificate-data"]),
				key: decode(user["client-key-data"]),
			}),
		);
	}

	/** The answer as text. Rejects where the server refuses. */
	async ask(method: string, path: string, body?: object, type = "application/json"): Promise<string> {
		const response = await this.#send(method, path, body, type);
		const answer = await text(response);
		if ((response.statusCode ?? 500) >= 300) throw new Error(`${method} ${path}: ${response.statusCode} ${answer}`);
		return answer;
	}

	/** A merge patch. */
	patch(path: string, body: object): Promise<string> {
		return this.ask("PATCH", path, body, "application/merge-patch+json");
	}

	/** Tells each line of a watch, as it came and not decoded. Returns when the server has accepted it. */
	async watch(path: string, onLine: (line: string) => void): Promise<{ close(): void }> {
		const response = await this.#send("GET", path);
		if (response.statusCode !== 200) throw new Error(`GET ${path}: ${response.statusCode} ${await text(response)}`);
		let rest = "";
		response.setEncoding("utf8").on("data", (chunk: string) => {
			const lines = (rest + chunk).split("\n");
			rest = lines.pop() ?? "";
			for (const line of lines) onLine(line);
		});
		response.on("error", () => {});
		return { close: () => response.destroy() };
	}

	close(): void {
		this.#agent.destroy();
	}

	#send(method: string, path: string, body?: object, type?: string): Promise<IncomingMessage> {
		return new Promise((resolve, reject) => {
			const headers = { accept: "application/json", ...(body ? { "content-type": type } : {}) };
			const sent = request(`${this.#server}${path}`, { method, agent: this.#agent, headers }, resolve);
			sent.on("error", reject).end(body ? JSON.stringify(body) : undefined);
		});
	}
}
