import { QuorateError } from "../errors.ts";
import { EtcdError } from "./member-client.ts";

/** A member's failure as one that may leave the package; anything else as it is. */
export function memberFailure(operation: string, error: unknown): unknown {
	if (!(error instanceof EtcdError)) {
		return error;
	}
	const message = `${error.member}: ${error.message}`;
	switch (error.failure) {
		case "Aborted":
			return new QuorateError("Stopped", { operation, message: "interrupted", cause: error });
		case "Unavailable":
		case "DeadlineExceeded":
			return new QuorateError("MemberUnreachable", { operation, message, cause: error });
		default:
			return new QuorateError("EtcdRefused", { operation, message, cause: error });
	}
}
