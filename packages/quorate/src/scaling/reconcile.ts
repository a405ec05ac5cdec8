import { setTimeout as sleep } from "node:timers/promises";
import { type ClusterView, voters } from "../cluster/cluster-view.ts";
import { observe } from "../cluster/observe.ts";
import type { ScalingRecord } from "../cluster/scaling-record.ts";
import { QuorateError } from "../errors.ts";
import { describeState, howToGoOn } from "./describe-state.ts";
import type { ScaleEvent } from "./events.ts";
import type { Goal } from "./goal.ts";
import { nextStep } from "./next-step.ts";
import { LookAgain, type PerformContext } from "./perform/context.ts";
import { perform } from "./perform/perform.ts";
import { plan } from "./plan.ts";
import type { Blocked, Step, Wait } from "./step.ts";
import { WAIT_LIMITS } from "./step.ts";

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
	emit: (event: DistributiveOmit<ScaleEvent, "at">) => void;
}

export interface Reconciled {
	view: ClusterView;
	steps: { step: Step; seconds: number }[];
	snapshot: ScalingRecord["snapshot"];
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/**
 * Observe, decide, perform, and again, until there is nothing left to do. Keeps nothing but what it tells.
 *
 * @returns the last view, and the steps that were done, in seconds
 * @throws {QuorateError} Stopped, TimedOut and Blocked once something was changed (resumable), Refused before
 */
export async function reconcile(options: ReconcileOptions): Promise<Reconciled> {
	const { goal, signal, emit } = options;
	const steps: { step: Step; seconds: number }[] = [];
	const waits = new WaitClock(emit);
	let view = options.view;
	let snapshot: ScalingRecord["snapshot"];
	let fresh = true;
	let begun: { step: Step; at: number } | undefined;
	try {
		for (;;) {
			throwIfStopped(signal);
			if (!fresh) view = await lookAgain(options, view, waits);
			fresh = false;
			snapshot = view.statefulSet.record?.snapshot ?? snapshot;
			const decision = nextStep(view, goal);
			if (decision.kind === "done") return { view, steps, snapshot };
			if (decision.kind === "blocked") throw blockedError(decision.blocked, view);
			if (decision.kind === "wait") {
				await sleep(pause(waits.wait(decision.wait)), undefined, { signal }).catch(() => {});
				continue;
			}
			const { step } = decision;
			// one that etcd puts off is decided again and again, and begun once
			if (begun?.step.kind !== step.kind) {
				waits.over();
				begun = { step, at: performance.now() };
				const total = steps.length + plan(view, goal).steps.length;
				emit({ type: "step-started", step, number: steps.length + 1, total });
			}
			try {
				await options.beforeChange();
				const detail = await perform(options, view, step);
				waits.over();
				const milliseconds = performance.now() - begun.at;
				begun = undefined;
				steps.push({ step, seconds: milliseconds / 1000 });
				emit({ type: "step-done", step, milliseconds, ...(detail ? { detail } : {}) });
			} catch (error) {
				if (!(error instanceof LookAgain)) throw error;
				const wait: Wait = { kind: "etcd-agrees", reason: error.message, hint: error.hint };
				await sleep(pause(waits.wait(wait)), undefined, { signal }).catch(() => {});
			}
		}
	} catch (error) {
		throw withState(signal.aborted && isAbort(error) ? stopped(signal) : error, view, goal, steps.length > 0);
	}
}

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

/** Keeps the time of the wait that goes on, tells it, and ends the run when it takes too long. */
class WaitClock {
	readonly #emit: ReconcileOptions["emit"];
	#wait: Wait | undefined;
	#began = 0;

	constructor(emit: ReconcileOptions["emit"]) {
		this.#emit = emit;
	}

	/** @returns milliseconds waited so far */
	wait(wait: Wait): number {
		const same = this.#wait?.kind === wait.kind && this.#wait.ordinal === wait.ordinal;
		if (!same) {
			this.over();
			this.#began = performance.now();
		}
		const milliseconds = performance.now() - this.#began;
		const limit = WAIT_LIMITS[wait.kind];
		if (!same || this.#wait?.reason !== wait.reason) this.#emit({ type: "waiting", wait, milliseconds, limit });
		this.#wait = wait;
		if (milliseconds > limit)
			throw new QuorateError("TimedOut", {
				operation: "waiting",
				message: `${wait.reason}, for ${Math.round(milliseconds / 1000)} s`,
				hint: wait.hint,
			});
		return milliseconds;
	}

	over(): void {
		if (this.#wait) this.#emit({ type: "waited", wait: this.#wait, milliseconds: performance.now() - this.#began });
		this.#wait = undefined;
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
	const message = error instanceof Error ? error.message : String(error);
	const isEtcd = error instanceof Error && error.name === "EtcdError";
	return new QuorateError(isEtcd ? "EtcdRefused" : "Internal", {
		operation: `scaling ${view.statefulSet.name} (${voters(view).length} members)`,
		message,
		state,
		...(next ? { hint: next } : {}),
		cause: error,
	});
}
