import { QuorateError } from "../../errors.ts";

/** The command line cannot be understood; nothing was looked at yet. */
export function usage(operation: string, message: string, hint: string): QuorateError {
	return new QuorateError("Usage", { operation, message, state: "nothing was changed", hint });
}
