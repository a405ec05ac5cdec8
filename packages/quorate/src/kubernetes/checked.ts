import { QuorateError } from "../errors.ts";
import { describeTarget, qualifiedName, type Target } from "./request.ts";
import { type Schema, SchemaError } from "./schema.ts";

/**
 * What an API server answered, where it is what it must be.
 *
 * @throws {QuorateError} Unreachable: what answers is no API server, or not one that this was made for
 */
export function checked<T>(answer: unknown, schema: Schema, target: Target): T {
	try {
		return schema(answer, "") as T;
	} catch (error) {
		if (!(error instanceof SchemaError)) throw error;
		throw new QuorateError("Unreachable", {
			operation: describeTarget(target),
			message: `the API server's answer is not what ${qualifiedName(target)} can be: ${error.message}`,
			hint: "is it a Kubernetes API server that answers there, and what does `kubectl get -o yaml` show?",
			cause: error,
		});
	}
}
