import type { IncomingMessage, ServerResponse } from "node:http";
import type { Api, PodRuntime } from "../api.ts";
import type { Tokens } from "../auth/tokens.ts";
import type { User } from "../machinery/kind.ts";
import type { Served } from "../machinery/registry.ts";
import type { Resources, WriteOptions } from "../machinery/resources.ts";
import type { Representation } from "./media-types.ts";
import type { RequestInfo } from "./request-info.ts";

/** One request to a resource, after it was found to be allowed. */
export interface ResourceRequest {
	request: IncomingMessage;
	response: ServerResponse;
	info: RequestInfo;
	target: NonNullable<RequestInfo["resource"]>;
	served: Served;
	user: User;
	as: Representation;
	resources: Resources;
	api: Api;
	runtime: PodRuntime;
	tokens: Tokens;
	/** aborted when the server closes or the client goes away */
	signal: AbortSignal;
}

const MAX_MANAGER = 128;

/** `fieldManager`, else the program's name in the User-Agent. */
export function managerOf(request: IncomingMessage, query: URLSearchParams): string {
	const given = query.get("fieldManager");
	return (given || (request.headers["user-agent"] ?? "").split("/")[0] || "unknown").slice(0, MAX_MANAGER);
}

export const writeOptions = ({ request, info, user }: ResourceRequest): WriteOptions => ({
	writer: { manager: managerOf(request, info.query) },
	user,
	dryRun: info.query.has("dryRun"),
});
