import type { ClusterView } from "../cluster/cluster-view.ts";
import { QuorateError } from "../errors.ts";
import { memberFailure } from "../etcd/member-failure.ts";
import { interruptedBy } from "../interruption.ts";
import { describeState, howToGoOn } from "./describe-state.ts";
import type { Goal } from "./goal.ts";
import type { Blocked } from "./step.ts";

export function blockedError(blocked: Blocked, view: ClusterView): QuorateError {
	const begun = view.statefulSet.record !== undefined;
	return new QuorateError(begun ? "Blocked" : "Refused", {
		operation: `scaling ${view.statefulSet.name}`,
		message: `${blocked.message} (${blocked.reason})`,
		hint: blocked.hint,
	});
}

export function throwIfStopped(signal: AbortSignal): void {
	if (signal.aborted) throw stopped(signal);
}

export function stopped(signal: AbortSignal): unknown {
	// the lock that was lost, or the time that ran out, tells more than "stopped"
	if (signal.reason instanceof QuorateError) return signal.reason;
	return new QuorateError("Stopped", { operation: "scaling", message: interruptedBy(signal) });
}

export const isAbort = (error: unknown): boolean =>
	error instanceof Error && (error.name === "AbortError" || !(error instanceof QuorateError));

/** What was under way knows only that it was interrupted; the signal knows why. */
const isCutShort = (error: unknown, { reason }: AbortSignal): boolean =>
	error instanceof QuorateError && error.code === "Stopped" && reason instanceof QuorateError;

/** Whatever ended a run, as a failure that says what state things are in now and how to go on. */
export function asFailure(
	thrown: unknown,
	signal: AbortSignal,
	{ view, goal, changed }: { view: ClusterView; goal: Goal; changed: boolean },
): unknown {
	const told = memberFailure(`scaling ${view.statefulSet.name}`, thrown);
	const error = signal.aborted && (isAbort(told) || isCutShort(told, signal)) ? stopped(signal) : told;
	const begun = changed || view.statefulSet.record !== undefined;
	const isStopped = error instanceof QuorateError && error.code === "Stopped";
	const where = isStopped ? "the run ended between two changes; " : "";
	const state = begun ? `${where}${describeState(view)}` : "nothing was changed";
	const next = begun ? howToGoOn(view, goal) : undefined;
	if (error instanceof QuorateError) {
		const hint = [error.hint, next].filter((part) => part !== undefined).join("\n");
		return new QuorateError(error.code, {
			operation: error.operation,
			message: isStopped ? interruptedBy(signal) : error.message,
			state: error.state ?? state,
			...(hint ? { hint } : {}),
			cause: error.cause ?? error,
		});
	}
	return new QuorateError("Internal", {
		operation: `scaling ${view.statefulSet.name}`,
		message: error instanceof Error ? error.message : String(error),
		state,
		...(next ? { hint: next } : {}),
		cause: error,
	});
}
