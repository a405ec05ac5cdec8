import { QuorateError } from "../../errors.ts";

/** `what` is wrong with the file, without a full stop. */
export function snapshotInvalid(path: string, what: string, cause?: unknown): QuorateError {
	return new QuorateError("SnapshotInvalid", {
		operation: `reading the snapshot ${path}`,
		message: what,
		hint: "take a new snapshot; this file must not be relied upon",
		...(cause === undefined ? {} : { cause }),
	});
}
