import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { QuorateError } from "../errors.ts";
import { type Asker, answerError } from "./answer-error.ts";
import { connectionError, isBroken, NotKubernetes } from "./connection-error.ts";
import type { KubernetesConfig } from "./kubernetes-config.ts";
import { isWrite, type Target } from "./request.ts";
import { parseStatus, type StatusError } from "./status.ts";
import type { Answer, RawRequest, Transport } from "./transport.ts";

interface ApiCall {
	target: Target;
	path: string;
	/** @default what the verb says; only a review differs: it is a POST that changes nothing */
	method?: RawRequest["method"] | undefined;
	body?: unknown;
	contentType?: string | undefined;
	signal?: AbortSignal | undefined;
}

/** Calls that mean something: JSON in, JSON out, failures as QuorateErrors, reads repeated. */
export interface ApiCalls {
	json(call: ApiCall): Promise<unknown>;
	/** A GET whose body is read by the caller. Not repeated. */
	stream(call: ApiCall): Promise<IncomingMessage>;
	/** The error for an answer that is not 2xx. */
	refusal(status: StatusError, target: Target): QuorateError;
	/** The error for a failure of the connection; a signal's reason and QuorateErrors stay what they are. */
	failure(error: unknown, target: Target, signal: AbortSignal | undefined): unknown;
}

const METHODS = {
	get: "GET",
	list: "GET",
	watch: "GET",
	create: "POST",
	update: "PUT",
	patch: "PATCH",
	delete: "DELETE",
} as const;

/** Pauses before a read is sent again, in milliseconds: three times, within two seconds. */
const PAUSES_MS = [100, 400, 1500];

/** The longest that a server's Retry-After is obeyed. */
const LONGEST_PAUSE_MS = 10_000;

export function createApiCalls(transport: Transport, config: KubernetesConfig): ApiCalls {
	const asker: Asker = { server: config.server, user: config.user, source: config.source };

	const refusal = (status: StatusError, target: Target) => {
		return answerError(status, target, asker);
	};

	const failure = (error: unknown, target: Target, signal: AbortSignal | undefined) => {
		if (signal?.aborted) return signal.reason;
		return error instanceof QuorateError ? error : connectionError(error, target, asker);
	};

	function rawRequest(call: ApiCall): RawRequest {
		return {
			method: call.method ?? METHODS[call.target.verb],
			path: call.path,
			body: call.body === undefined ? undefined : JSON.stringify(call.body),
			contentType: call.contentType,
			// A kept connection may have been closed at the other end just now. A read is sent again then; for a write one
			// could not tell whether it had arrived, so each has a fresh connection.
			connection: isWrite(call.target.verb) ? "own" : "shared",
			signal: call.signal,
		};
	}

	async function attempt(call: ApiCall): Promise<unknown> {
		const raw = rawRequest(call);
		let answer = await transport.exchange(raw);
		// Refused before anything was done, so this is safe for writes too.
		if (answer.status === 401 && config.credentials.rejected()) answer = await transport.exchange(raw);
		if (answer.status < 200 || answer.status > 299) throw parseStatus(answer.status, answer.body, retryAfter(answer));
		try {
			return JSON.parse(answer.body);
		} catch (error) {
			const type = answer.headers["content-type"] ?? "no content type";
			throw new NotKubernetes(`answered with something else than JSON (${type})`, { cause: error });
		}
	}

	return {
		async json(call) {
			for (let tries = 0; ; tries++) {
				try {
					return await attempt(call);
				} catch (error) {
					const pause = call.signal?.aborted || isWrite(call.target.verb) ? undefined : pauseAfter(error, tries);
					if (pause === undefined) {
						throw isStatus(error) ? refusal(error, call.target) : failure(error, call.target, call.signal);
					}
					await sleep(pause, undefined, call.signal ? { signal: call.signal } : {}).catch(() => {
						throw call.signal?.reason;
					});
				}
			}
		},
		async stream(call) {
			try {
				let response = await transport.open(rawRequest(call));
				if (response.statusCode === 401 && config.credentials.rejected()) {
					response.destroy();
					response = await transport.open(rawRequest(call));
				}
				const status = response.statusCode ?? 0;
				if (status >= 200 && status <= 299) return response;
				throw refusal(parseStatus(status, await readText(response), response.headers["retry-after"]), call.target);
			} catch (error) {
				throw failure(error, call.target, call.signal);
			}
		},
		refusal,
		failure,
	};
}

/** A refusal's body, read whole; refusals are small, and what is longer is not one. */
export async function readText(response: IncomingMessage): Promise<string> {
	let text = "";
	response.setEncoding("utf8");
	for await (const chunk of response) {
		text += chunk;
		if (text.length > 65_536) break;
	}
	return text;
}

function retryAfter(answer: Answer): string | undefined {
	return answer.headers["retry-after"];
}

function isStatus(error: unknown): error is StatusError {
	return error instanceof Error && error.name === "StatusError";
}

/** How long to wait before the same read is sent again; undefined: it is not. */
function pauseAfter(error: unknown, tries: number): number | undefined {
	const pause = PAUSES_MS[tries];
	if (pause === undefined) return undefined;
	if (!isStatus(error)) return isBroken(error) ? pause : undefined;
	if (error.status !== 429 && error.status < 500) return undefined;
	const asked = (error.retryAfterSeconds ?? 0) * 1000;
	return Math.max(pause, Math.min(asked, LONGEST_PAUSE_MS));
}
