// What the tests of the API server share: a server on a free port, and a client that speaks plain HTTP.
import { once } from "node:events";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import type { Api, ExecSession, PodRuntime } from "./api.ts";
import { type Certificates, createCertificates, type KeyPair } from "./certificates.ts";
import { createApiServer } from "./index.ts";
import type { JsonObject } from "./json.ts";
import type { KubernetesObject } from "./object.ts";

export interface Answer {
	code: number;
	headers: Record<string, string | string[] | undefined>;
	text: string;
	/** {} where the body is not JSON */
	body: JsonObject;
}

export interface CallOptions {
	body?: unknown;
	headers?: Record<string, string>;
	client?: KeyPair | "nobody";
}

export interface WatchedEvent {
	type: string;
	object: KubernetesObject;
}

/** A watch that has been opened. */
export interface Watching {
	/** The next event; undefined when the stream has ended. */
	next(): Promise<WatchedEvent | undefined>;
	stop(): void;
}

export interface TestServer {
	api: Api;
	certificates: Certificates;
	/** `https://127.0.0.1:PORT` */
	url: string;
	call(method: string, path: string, options?: CallOptions): Promise<Answer>;
	watch(path: string, headers?: Record<string, string>): Promise<Watching>;
	close(): Promise<void>;
}

/** A runtime of containers that only say hello, and whose commands echo their input and exit with 3. */
export const helloRuntime: PodRuntime = {
	async *logs(_pod, container) {
		yield Buffer.from(`hello from ${container}\n`);
		yield Buffer.from("bye\n");
	},
	exec: async (_pod, _container, options) => session(options.stdin),
	attach: async (_pod, _container, options) => session(options.stdin),
	dial: async () => new PassThrough(),
};

function session(stdin: boolean): ExecSession {
	const input = new PassThrough();
	const stderr = new PassThrough();
	const stdout = new PassThrough();
	stderr.end();
	if (stdin) input.pipe(stdout);
	else stdout.end("hello\n");
	return { stdin: input, stdout, stderr, resize: () => {}, kill: () => {}, exited: once(stdout, "end").then(() => 3) };
}

export async function startServer(runtime: PodRuntime = helloRuntime): Promise<TestServer> {
	const certificates = await createCertificates({ hosts: [] });
	const { api, server, close } = createApiServer({ runtime, certificates });
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const agentFor = (client: KeyPair | "nobody") =>
		new Agent({
			keepAlive: true,
			ca: certificates.ca,
			...(client === "nobody" ? {} : { cert: client.certificate, key: client.key }),
		});
	const admin = agentFor(certificates.admin);
	const open = (method: string, path: string, { body, headers, client }: CallOptions) => {
		const agent = client === undefined ? admin : agentFor(client);
		const raw = body === undefined ? Buffer.alloc(0) : Buffer.isBuffer(body) ? body : Buffer.from(asText(body));
		const type = body === undefined || headers?.["Content-Type"] ? {} : { "Content-Type": "application/json" };
		// Node frames the body of a DELETE only when it is told how long it is.
		const length = body === undefined ? {} : { "Content-Length": String(raw.length) };
		const sent = request({ host: "127.0.0.1", port, method, path, agent, headers: { ...type, ...length, ...headers } });
		sent.end(raw);
		return sent;
	};
	return {
		api,
		certificates,
		url: `https://127.0.0.1:${port}`,
		call: (method, path, options = {}) =>
			new Promise((resolve, reject) => {
				open(method, path, options)
					.on("error", reject)
					.on("response", (response) => {
						let text = "";
						response.setEncoding("utf8");
						response.on("data", (chunk) => {
							text += chunk;
						});
						response.on("error", reject);
						response.on("end", () => {
							resolve({ code: response.statusCode ?? 0, headers: response.headers, text, body: json(text) });
						});
					});
			}),
		watch: (path, headers = {}) =>
			new Promise((resolve, reject) => {
				const sent = open("GET", path, { headers }).on("error", reject);
				sent.on("response", (response) => {
					response.setEncoding("utf8");
					response.on("error", () => {});
					const lines = linesOf(response);
					resolve({
						next: async () => {
							const { value, done } = await lines.next();
							return done ? undefined : JSON.parse(value);
						},
						stop: () => sent.destroy(),
					});
				});
			}),
		close,
	};
}

const asText = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));

function json(text: string): JsonObject {
	try {
		return JSON.parse(text);
	} catch {
		return {};
	}
}

async function* linesOf(stream: AsyncIterable<string>): AsyncGenerator<string, undefined> {
	let rest = "";
	for await (const chunk of stream) {
		const lines = (rest + chunk).split("\n");
		rest = lines.pop() ?? "";
		yield* lines;
	}
	return undefined;
}

/** A StatefulSet as small as they come. */
export const statefulSet = (name: string, spec: JsonObject = {}): KubernetesObject => ({
	apiVersion: "apps/v1",
	kind: "StatefulSet",
	metadata: { name, namespace: "default", labels: { app: name } },
	spec: {
		replicas: 3,
		serviceName: name,
		selector: { matchLabels: { app: name } },
		template: {
			metadata: { labels: { app: name } },
			spec: { containers: [{ name: "etcd", image: "etcd:3.5.9" }] },
		},
		...spec,
	},
});

export const pod = (name: string, spec: JsonObject = {}): KubernetesObject => ({
	apiVersion: "v1",
	kind: "Pod",
	metadata: { name, namespace: "default", labels: { app: name } },
	spec: { containers: [{ name: "etcd", image: "etcd:3.5.9" }], ...spec },
});
