import type { ServerResponse } from "node:http";
import { stringify } from "yaml";
import { ApiError } from "../api-error.ts";
import type { Representation } from "./media-types.ts";

export function sendJson(response: ServerResponse, code: number, body: unknown, type = "application/json"): void {
	sendText(response, code, typeof body === "string" ? body : `${JSON.stringify(body)}\n`, type);
}

export function sendText(
	response: ServerResponse,
	code: number,
	text: string,
	type = "text/plain; charset=utf-8",
): void {
	const bytes = Buffer.from(text);
	response.writeHead(code, {
		"Content-Type": type,
		"Content-Length": bytes.length,
		"Cache-Control": "no-cache, private",
	});
	response.end(response.req.method === "HEAD" ? undefined : bytes);
}

export function sendAs(response: ServerResponse, code: number, body: unknown, as: Representation): void {
	if (as.type === "application/yaml") {
		sendText(response, code, stringify(typeof body === "string" ? JSON.parse(body) : body), "application/yaml");
	} else sendJson(response, code, body);
}

/** Any failure as a Status. What is not an API error is the server's own fault, and says so. */
export function toApiError(error: unknown): ApiError {
	if (error instanceof ApiError) return error;
	const message = error instanceof Error ? error.message : String(error);
	return new ApiError(500, "InternalError", `Internal error occurred: ${message}`, {
		causes: [{ reason: "", message }],
	});
}

export function sendError(response: ServerResponse, error: unknown): void {
	if (response.headersSent || response.destroyed) {
		response.destroy();
		return;
	}
	const failure = toApiError(error);
	if (failure.details?.retryAfterSeconds) response.setHeader("Retry-After", failure.details.retryAfterSeconds);
	// What is left of a body that was refused is not worth reading.
	if (failure.code === 413) response.setHeader("Connection", "close");
	sendJson(response, failure.code, failure.toStatus());
}

export function addWarnings(response: ServerResponse, warnings: string[]): void {
	if (warnings.length === 0) return;
	const texts = warnings
		.slice(0, 10)
		.map((text) => `299 - ${JSON.stringify(text.slice(0, 1000)).replace(/[^\x20-\x7e]/g, "?")}`);
	response.setHeader("Warning", texts);
}
