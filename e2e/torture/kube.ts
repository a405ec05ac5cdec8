import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import { parse } from "yaml";

/** Just enough of Kubernetes to look at a lab without the tool's own eyes. */
export interface Kube {
	get<T>(path: string): Promise<T>;
	close(): void;
}

export async function connectKube(kubeconfig: string): Promise<Kube> {
	const config = parse(await readFile(kubeconfig, "utf8"));
	const { server, "certificate-authority-data": ca } = config.clusters[0].cluster;
	const { "client-certificate-data": cert, "client-key-data": key } = config.users[0].user;
	const bytes = (base64: string) => Buffer.from(base64, "base64");
	const agent = new Agent({ keepAlive: true, maxSockets: 4, ca: bytes(ca), cert: bytes(cert), key: bytes(key) });
	return {
		get<T>(path: string): Promise<T> {
			return new Promise((resolve, reject) => {
				const sent = request(`${server}${path}`, { agent, signal: AbortSignal.timeout(5000) }, async (response) => {
					try {
						const body = await text(response);
						if (response.statusCode === 200) resolve(JSON.parse(body) as T);
						else reject(new Error(`${path}: ${response.statusCode} ${body.slice(0, 200)}`));
					} catch (error) {
						reject(error);
					}
				});
				sent.on("error", reject).end();
			});
		},
		close: () => agent.destroy(),
	};
}
