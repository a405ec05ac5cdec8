import type { IncomingMessage } from "node:http";
import { badRequest } from "../machinery/errors.ts";

/** What a request is about, read from its method and URL alone. */
export interface RequestInfo {
	/** in lower case: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; else the HTTP method */
	verb: string;
	path: string;
	query: URLSearchParams;
	/** absent where the path is not one of a resource */
	resource?: {
		group: string;
		version: string;
		plural: string;
		namespace?: string;
		name?: string;
		subresource?: string;
		/** path segments too many */
		rest: string[];
	};
}

const NAMESPACE_SUBRESOURCES = ["status", "finalize"];

const VERBS: Record<string, string> = {
	POST: "create",
	PUT: "update",
	PATCH: "patch",
	DELETE: "delete",
	GET: "get",
	HEAD: "get",
};

export function requestInfo(request: IncomingMessage): RequestInfo {
	const [path = "", search = ""] = splitOnce(request.url ?? "/", "?");
	const query = new URLSearchParams(search);
	const segments = path.split("/").slice(1).map(decoded);
	if (segments.at(-1) === "") segments.pop();
	const method = request.method ?? "GET";
	const resource = resourceOf(segments);
	if (!resource) return { verb: method.toLowerCase() === "head" ? "get" : method.toLowerCase(), path, query };
	let verb = VERBS[method] ?? method.toLowerCase();
	if (verb === "get" && resource.name === undefined) verb = isTrue(query.get("watch")) ? "watch" : "list";
	if (verb === "delete" && resource.name === undefined) verb = "deletecollection";
	return { verb, path, query, resource };
}

function resourceOf(segments: string[]): RequestInfo["resource"] {
	const [prefix, ...others] = segments;
	const [group, version, ...rest] = prefix === "api" ? ["", ...others] : others;
	if ((prefix !== "api" && prefix !== "apis") || group === undefined || !version || rest.length === 0) return undefined;
	const [first = "", second, third] = rest;
	const inNamespace =
		first === "namespaces" && second !== undefined && third !== undefined && !NAMESPACE_SUBRESOURCES.includes(third);
	const isNamespace = first === "namespaces" && !inNamespace;
	const [plural = "", name, subresource, ...more] = inNamespace ? rest.slice(2) : rest;
	const namespace = isNamespace ? name : inNamespace ? second : undefined;
	return {
		group,
		version,
		plural,
		rest: more,
		...(namespace !== undefined ? { namespace } : {}),
		...(name !== undefined ? { name } : {}),
		...(subresource !== undefined ? { subresource } : {}),
	};
}

function splitOnce(text: string, by: string): [string, string] {
	const index = text.indexOf(by);
	return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + 1)];
}

function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		throw badRequest(`the URL cannot be decoded: ${JSON.stringify(segment)}`);
	}
}

export const isTrue = (value: string | null) => value !== null && value !== "0" && value.toLowerCase() !== "false";
