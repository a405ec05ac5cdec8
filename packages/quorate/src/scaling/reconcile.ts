import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterView } from "../cluster/cluster-view.ts";
import { observe } from "../cluster/observe.ts";
import type { ScalingRecord } from "../cluster/scaling-record.ts";
import { QuorateError } from "../errors.ts";
import { memberFailure } from "../etcd/member-failure.ts";
import { describeState, howToGoOn } from "./describe-state.ts";
import type { Emit } from "./events.ts";
import type { Goal } from "./goal.ts";
import { nextStep } from "./next-step.ts";
import { LookAgain, type PerformContext } from "./perform/context.ts";
import { perform } from "./perform/perform.ts";
import { plan } from "./plan.ts";
import type { Blocked, Step } from "./step.ts";
import { StepClock } from "./step-clock.ts";
import { WaitClock } from "./wait-clock.ts";

/** Milliseconds between two looks while something is waited for: soon at first, then with patience. */
const pause = (waited: number): number => Math.min(1000, 100 + waited / 10);

/** Milliseconds that the API server may be away before the run stops. */
const UNREACHABLE_LIMIT = 120_000;

export interface ReconcileOptions extends PerformContext {
	goal: Goal;
	/** as seen by the checks, so that the first decision needs no second look */
	view: ClusterView;
	/** makes sure that this run may still change anything; throws where it may not */
	beforeChange: () => Promise<void>;
	emit: Emit;
}

export interface Reconciled {
	view: ClusterView;
	steps: { step: Step; seconds: number }[];
	snapshot: ScalingRecord["snapshot"];
}

/**
 * Observe, decide, perform, and again, until there is nothing left to do. Keeps nothing but what it tells.
 *
 * @returns the last view, and the steps that were done, in seconds
 * @throws {QuorateError} Stopped, TimedOut and Blocked once something was changed (resumable), Refused before
 */
export async function reconcile(options: ReconcileOptions): Promise<Reconciled> {
	const { goal, signal, emit } = options;
	const waits = new WaitClock(emit);
	const steps = new StepClock(emit);
	let view: ClusterView | undefined;
	let snapshot: ScalingRecord["snapshot"];
	try {
		for (;;) {
			throwIfStopped(signal);
			view = view === undefined ? options.view : await lookAgain(options, view, waits);
			snapshot = view.statefulSet.record?.snapshot ?? snapshot;
			const decision = nextStep(view, goal);
			if (decision.kind === "wait") {
				await rest(waits.wait(decision.wait), signal);
				continue;
			}
			// one that etcd puts off is decided again and again, and begun once
			const again = decision.kind === "step" && steps.isUnderWay(decision.step);
			if (!again) waits.over();
			steps.settled();
			if (decision.kind === "done") return { view, steps: steps.done, snapshot };
			if (decision.kind === "blocked") throw blockedError(decision.blocked, view);
			const { step } = decision;
			if (!again) steps.begin(step, plan(view, goal).steps.length);
			try {
				await options.beforeChange();
				steps.performed(await perform(options, view, step));
				waits.over();
			} catch (error) {
				if (!(error instanceof LookAgain)) throw error;
				await rest(waits.wait({ kind: "etcd-agrees", reason: error.message, hint: error.hint }), signal);
			}
		}
	} catch (error) {
		const told = memberFailure(`scaling ${options.view.statefulSet.name}`, error);
		const failure = signal.aborted && isAbort(told) ? stopped(signal) : told;
		throw withState(failure, view ?? options.view, goal, steps.changed);
	}
}

/** Ends early when the run is to stop; the loop then says so. */
const rest = (waited: number, signal: AbortSignal) => sleep(pause(waited), undefined, { signal }).catch(() => {});

/** A look that fails for want of a connection is tried again for a while: nothing is lost by waiting. */
async function lookAgain(options: ReconcileOptions, last: ClusterView, waits: WaitClock): Promise<ClusterView> {
	for (const began = performance.now(); ; ) {
		try {
			return await observe(options.cluster, { signal: options.signal });
		} catch (error) {
			const away = error instanceof QuorateError && error.code === "Unreachable";
			if (!away || performance.now() - began > UNREACHABLE_LIMIT) throw error;
			const reason = `the API server does not answer (${error.message})`;
			waits.wait({
				kind: "api-server",
				reason,
				hint: error.hint ?? `see whether ${last.statefulSet.name} can be read with kubectl`,
			});
			await sleep(1000, undefined, { signal: options.signal });
		}
	}
}

function blockedError(blocked: Blocked, view: ClusterView): QuorateError {
	const begun = view.statefulSet.record !== undefined;
	return new QuorateError(begun ? "Blocked" : "Refused", {
		operation: `scaling ${view.statefulSet.name}`,
		message: `${blocked.message} (${blocked.reason})`,
		hint: blocked.hint,
	});
}

function throwIfStopped(signal: AbortSignal): void {
	if (signal.aborted) throw stopped(signal);
}

function stopped(signal: AbortSignal): unknown {
	// the lock that was lost, or the time that ran out, tells more than "stopped"
	if (signal.reason instanceof QuorateError) return signal.reason;
	return new QuorateError("Stopped", { operation: "scaling", message: "stopped as asked, between two changes" });
}

const isAbort = (error: unknown): boolean =>
	error instanceof Error && (error.name === "AbortError" || !(error instanceof QuorateError));

/** Every failure says what state things are in now and how to go on. */
function withState(error: unknown, view: ClusterView, goal: Goal, changed: boolean): unknown {
	const begun = changed || view.statefulSet.record !== undefined;
	const state = begun ? describeState(view) : "nothing was changed";
	const next = begun ? howToGoOn(view, goal) : undefined;
	if (error instanceof QuorateError) {
		const hint = [error.hint, next].filter((part) => part !== undefined).join("\n");
		return new QuorateError(error.code, {
			operation: error.operation,
			message: error.message,
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
