import type { IncomingMessage, ServerResponse } from "node:http";
import { methodNotAllowed, noSuchPath } from "../machinery/errors.ts";
import type { Resources } from "../machinery/resources.ts";
import { aggregated, apiGroup, legacyRoot, resourceList, VERSION } from "./discovery.ts";
import { OPEN_API_V2, type Representation } from "./media-types.ts";
import type { RequestInfo } from "./request-info.ts";
import { sendJson, sendText } from "./respond.ts";

const HEALTH = ["/healthz", "/livez", "/readyz"];

const isHealth = (path: string) => HEALTH.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));

/** What anyone may ask, known or not. */
export const isPublic = (path: string) => path === "/version" || path === "/version/" || isHealth(path);

interface PathCall {
	request: IncomingMessage;
	response: ServerResponse;
	info: RequestInfo;
	as: Representation;
	resources: Resources;
}

/** Everything that is not a resource: discovery, OpenAPI, version, health. */
export async function servePath(call: PathCall): Promise<void> {
	const { response, info, resources } = call;
	const { registry } = resources;
	if (info.verb !== "get") throw methodNotAllowed();
	const path = info.path.length > 1 ? info.path.replace(/\/$/, "") : info.path;
	const [, first, group, version, ...rest] = path.split("/");
	if (path === "/version") sendJson(response, 200, VERSION);
	else if (isHealth(path)) sendText(response, 200, "ok");
	else if (path === "/api" || path === "/apis") discoveryRoot(call, path.slice(1) as "api" | "apis");
	else if (first === "api" && group !== undefined && version === undefined)
		found(response, resourceList(registry, "", group));
	else if (first === "apis" && group !== undefined && rest.length === 0) {
		found(response, version === undefined ? apiGroup(registry, group, true) : resourceList(registry, group, version));
	} else if (path === "/openapi/v3" || path.startsWith("/openapi/v3/")) {
		// Worked out only for those who ask.
		const { openApiIndex, openApiDocument } = await import("./openapi.ts");
		if (path === "/openapi/v3") sendJson(response, 200, openApiIndex(registry));
		else found(response, openApiDocument(registry, path.slice("/openapi/v3/".length)));
	} else if (path === "/openapi/v2") {
		// kubectl checks the items of a List by it, and takes what it does not know as right; the server checks them then.
		if (/proto-openapi/.test(call.request.headers.accept ?? "")) sendText(response, 200, "", OPEN_API_V2);
		else
			sendJson(response, 200, {
				swagger: "2.0",
				info: { title: "Kubernetes", version: VERSION.gitVersion },
				paths: {},
			});
	} else if (path === "/") sendJson(response, 200, { paths: rootPaths(call) });
	else throw noSuchPath();
}

function found(response: ServerResponse, body: unknown): void {
	if (body === undefined) throw noSuchPath();
	sendJson(response, 200, body);
}

function discoveryRoot({ as, request, response, resources }: PathCall, prefix: "api" | "apis"): void {
	if (as.as === "APIGroupDiscoveryList") {
		const type = `application/json;g=apidiscovery.k8s.io;v=${as.version};as=APIGroupDiscoveryList`;
		response.setHeader("Vary", "Accept");
		sendJson(response, 200, aggregated(prefix, resources.registry, as.version), type);
		return;
	}
	sendJson(response, 200, legacyRoot(prefix, resources.registry, request.headers.host ?? ""));
}

function rootPaths({ resources }: PathCall): string[] {
	const groups = [...resources.registry.groups()].flatMap(([group, versions]) => {
		const base = group === "" ? "/api" : `/apis/${group}`;
		return [base, ...versions.map((version) => `${base}/${version}`)];
	});
	return [...new Set(["/apis", ...groups, ...HEALTH, "/openapi/v2", "/openapi/v3", "/version"])].sort();
}
