import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Api, PodRuntime } from "../api.ts";
import type { ApiError } from "../api-error.ts";
import { authenticate } from "../auth/authenticate.ts";
import { permit } from "../auth/permit.ts";
import type { Tokens } from "../auth/tokens.ts";
import type { Certificates } from "../certificates.ts";
import { methodNotAllowed, noSuchPath } from "../machinery/errors.ts";
import type { Resources } from "../machinery/resources.ts";
import { negotiate } from "./media-types.ts";
import { isPublic, servePath } from "./paths.ts";
import { connectPod } from "./pod-connect.ts";
import { requestInfo } from "./request-info.ts";
import { serveResource } from "./resource.ts";
import { sendError, toApiError } from "./respond.ts";

interface ServeOptions {
	resources: Resources;
	api: Api;
	runtime: PodRuntime;
	certificates: Certificates;
	tokens: Tokens;
}

/** The HTTPS server: who asks, whether he may, and who answers. */
export function serve(options: ServeOptions): { server: Server; close(): Promise<void> } {
	const { certificates, resources, tokens } = options;
	const closing = new AbortController();
	const upgraded = new Set<Duplex>();
	const around = resources.surroundings();

	const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const info = requestInfo(request);
		const user = isPublic(info.path) ? undefined : authenticate(request, tokens, around);
		if (user) permit(around, user, info);
		const as = negotiate(request.headers.accept);
		if (!info.resource || !user) {
			await servePath({ request, response, info, as, resources });
			return;
		}
		const { group, version, plural, rest } = info.resource;
		const served = resources.registry.find(group, version, plural);
		if (!served || rest.length > 0) throw noSuchPath();
		const inNamespace = plural !== "namespaces" && info.resource.namespace !== undefined;
		if (inNamespace && !served.kind.namespaced) throw noSuchPath();
		if (!inNamespace && served.kind.namespaced && !spansNamespaces(info.verb)) {
			throw info.resource.name === undefined ? methodNotAllowed() : noSuchPath();
		}
		const gone = new AbortController();
		response.on("close", () => gone.abort());
		await serveResource({
			...options,
			request,
			response,
			info,
			target: served.kind.namespaced ? info.resource : withoutNamespace(info.resource),
			served,
			user,
			tokens,
			as,
			signal: AbortSignal.any([closing.signal, gone.signal]),
		});
	};

	const server = createServer(
		{
			key: certificates.server.key,
			cert: certificates.server.certificate,
			ca: certificates.ca,
			requestCert: true,
			rejectUnauthorized: false,
			// Streams last as long as they last; only the time for a request's head and body is bounded.
			keepAliveTimeout: 90_000,
		},
		(request, response) => {
			response.on("error", () => response.destroy());
			answer(request, response).catch((error) => sendError(response, error));
		},
	);
	server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
		upgraded.add(socket);
		socket.on("close", () => upgraded.delete(socket));
		socket.on("error", () => socket.destroy());
		try {
			const info = requestInfo(request);
			permit(around, authenticate(request, tokens, around), info);
			connectPod({ request, socket, head }, info, options);
		} catch (error) {
			refuseUpgrade(socket, toApiError(error));
		}
	});
	const close = () =>
		new Promise<void>((resolve) => {
			closing.abort();
			for (const socket of upgraded) socket.destroy();
			server.close(() => resolve());
			server.closeAllConnections();
		});
	return { server, close };
}

/** Everything but lists and watches is in one namespace. */
const spansNamespaces = (verb: string) => verb === "list" || verb === "watch";

const withoutNamespace = <T extends { namespace?: string }>({ namespace: _namespace, ...target }: T) => target;

function refuseUpgrade(socket: Duplex, error: ApiError): void {
	const body = Buffer.from(`${JSON.stringify(error.toStatus())}\n`);
	const head = [
		`HTTP/1.1 ${error.code} ${error.reason || "Error"}`,
		"Content-Type: application/json",
		`Content-Length: ${body.length}`,
		"Connection: close",
	];
	socket.end(Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]));
}
