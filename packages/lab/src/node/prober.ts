import { setTimeout as sleep } from "node:timers/promises";
import type { Probe } from "kubernetes-types/core/v1";
import { tryProbe } from "./probe-action.ts";
import { ProbeState } from "./probe-state.ts";
import type { ProbeTarget } from "./probe-target.ts";

export interface ProberOptions {
	probe: Probe;
	target: ProbeTarget;
	/** The container has gone: no more probing. */
	signal: AbortSignal;
	/** The verdict turned, or is failing still. */
	onVerdict(passing: boolean, message: string): void;
	/** One try failed. */
	onFailure(message: string): void;
	/**
	 * Look quietly, before the initial delay and between the tries too, until the first success: a lab is up as soon as it
	 * really is. Failures of such looks are not counted and not told.
	 */
	eager: boolean;
}

const FIRST_LOOK = 100;

/** Probes a container until it is gone. */
export async function runProber(options: ProberOptions): Promise<void> {
	const { probe, target, signal } = options;
	const state = new ProbeState(probe);
	const period = (probe.periodSeconds ?? 10) * 1000;
	let next = Date.now() + (probe.initialDelaySeconds ?? 0) * 1000;
	try {
		for (;;) {
			if (options.eager && state.passing !== true) {
				const seen = await lookUntil(next, options);
				if (seen && state.record(true)) options.onVerdict(true, "");
				if (seen) next = Date.now() + period;
			}
			await sleep(Math.max(0, next - Date.now()), undefined, { signal });
			next = Date.now() + period;
			const problem = await tryProbe(probe, target);
			if (signal.aborted) return;
			if (problem !== undefined) options.onFailure(problem);
			if (state.record(problem === undefined)) options.onVerdict(problem === undefined, problem ?? "");
		}
	} catch (error) {
		if (!signal.aborted) throw error;
	}
}

/** Looks ever less often until the probe passes or the time for its next proper try has come. */
async function lookUntil(end: number, { probe, target, signal }: ProberOptions): Promise<boolean> {
	for (let wait = FIRST_LOOK; Date.now() + wait < end; wait = Math.min(wait * 1.5, 1000)) {
		await sleep(wait, undefined, { signal });
		if ((await tryProbe(probe, target)) === undefined) return true;
	}
	return false;
}
