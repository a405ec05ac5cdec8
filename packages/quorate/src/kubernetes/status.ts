/** One of the causes that a Status of reason Invalid lists: `spec.replicas: Invalid value: -1`. */
export interface StatusCause {
	reason?: string;
	message?: string;
	field?: string;
}

/** The API server's refusal as it was sent. It is the `cause` of the QuorateError that callers see. */
export class StatusError extends Error {
	/** HTTP status code */
	readonly status: number;
	/** "NotFound", "AlreadyExists", "Conflict", "Expired", …; "" where the body was no Status object */
	readonly reason: string;
	readonly causes: readonly StatusCause[];
	/** seconds after which the server wants to be asked again */
	readonly retryAfterSeconds: number | undefined;

	constructor(status: number, reason: string, message: string, causes: readonly StatusCause[], retryAfter?: number) {
		super(message);
		this.name = "StatusError";
		this.status = status;
		this.reason = reason;
		this.causes = causes;
		this.retryAfterSeconds = retryAfter;
	}
}

/**
 * Reads a refusal's body: a Status object, or whatever a proxy in between has put there.
 *
 * @param retryAfter the Retry-After header
 */
export function parseStatus(code: number, body: string, retryAfter?: string): StatusError {
	const seconds = retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
	const status = asRecord(parseJson(body));
	if (status?.kind !== "Status") {
		const text = body
			.replace(/<[^>]*>/g, " ")
			.replace(/\s+/g, " ")
			.trim();
		return new StatusError(code, "", text.slice(0, 200) || `HTTP status ${code}`, [], seconds);
	}
	const details = asRecord(status.details);
	const causes = Array.isArray(details?.causes) ? details.causes.flatMap(readCause) : [];
	const message = text(status.message) || text(status.reason) || `HTTP status ${code}`;
	const wait = typeof details?.retryAfterSeconds === "number" ? details.retryAfterSeconds : undefined;
	return new StatusError(code, text(status.reason), message, causes, seconds ?? wait);
}

/** As parseStatus, of an object that is one already: the ERROR event of a watch. */
export function statusOf(object: unknown): StatusError {
	const code = asRecord(object)?.code;
	return parseStatus(typeof code === "number" ? code : 500, JSON.stringify(object) ?? "");
}

function readCause(value: unknown): StatusCause[] {
	const cause = asRecord(value);
	if (!cause) return [];
	return [{ reason: text(cause.reason), message: text(cause.message), field: text(cause.field) }];
}

function parseJson(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch {
		return undefined;
	}
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
	return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

function text(value: unknown): string {
	return typeof value === "string" ? value : "";
}
