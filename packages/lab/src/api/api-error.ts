/** One of the causes in a Status' details, as Kubernetes prints them: `spec.replicas: Invalid value: -1: must be …`. */
export interface StatusCause {
	reason: string;
	message: string;
	field?: string;
}

/** A Status object of kind Failure, as an exception. */
export class ApiError extends Error {
	readonly code: number;
	readonly reason: string;
	readonly details:
		| { name?: string; group?: string; kind?: string; uid?: string; causes?: StatusCause[]; retryAfterSeconds?: number }
		| undefined;

	constructor(code: number, reason: string, message: string, details?: ApiError["details"]) {
		super(message);
		this.name = "ApiError";
		this.code = code;
		this.reason = reason;
		this.details = details;
	}

	toStatus() {
		return {
			kind: "Status",
			apiVersion: "v1",
			metadata: {},
			status: "Failure",
			message: this.message,
			...(this.reason === "" ? {} : { reason: this.reason }),
			...(this.details ? { details: this.details } : {}),
			code: this.code,
		};
	}
}
