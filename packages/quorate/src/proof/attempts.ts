import { setTimeout as sleep } from "node:timers/promises";
import { QuorateError } from "../errors.ts";
import { EtcdError } from "../etcd/member-client.ts";
import { memberFailure } from "../etcd/member-failure.ts";

const ATTEMPTS = 10;
const PAUSE_MS = 200;

/** Members moved on while they were being compared: the comparison is to begin again. */
export class MovedOn extends Error {}

/**
 * Runs a comparison at a revision that it chooses itself, again when that revision was compacted away meanwhile, or a
 * member is not there yet.
 * @throws QuorateError TimedOut when that happens each time; MemberUnreachable, EtcdRefused, Stopped
 */
export async function withAttempts<T>(
	operation: string,
	signal: AbortSignal | undefined,
	run: () => Promise<T>,
): Promise<T> {
	let reason = "";
	for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
		try {
			return await run();
		} catch (error) {
			const transient =
				error instanceof MovedOn ||
				(error instanceof EtcdError && (error.failure === "Compacted" || error.failure === "FutureRevision"));
			if (!transient) {
				throw memberFailure(operation, error);
			}
			reason = error instanceof EtcdError ? `${error.member}: ${error.message}` : error.message;
		}
		await sleep(PAUSE_MS * attempt, undefined, signal ? { signal } : {}).catch((cause) => {
			throw new QuorateError("Stopped", { operation, message: "interrupted", cause });
		});
	}
	throw new QuorateError("TimedOut", {
		operation,
		message: `the members could not be compared at one revision in ${ATTEMPTS} tries (${reason})`,
		state: "nothing was changed",
		hint: "run the same command again; if it happens again, compact less often while it runs",
	});
}
