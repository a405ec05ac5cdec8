import type { CheckResult } from "../../checks/index.ts";
import type { QuorateError } from "../../errors.ts";
import { document } from "./document.ts";

/** `checks`: those that failed, where it was a check that refused. */
export function errorDocument(error: QuorateError, checks: readonly CheckResult[] = []) {
	return document("Error", {
		...error.toJSON(),
		exitCode: error.exitCode,
		...(checks.length > 0 ? { checks } : {}),
	});
}
