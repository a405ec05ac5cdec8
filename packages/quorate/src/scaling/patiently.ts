import { setTimeout as sleep } from "node:timers/promises";
import { throwIfStopped } from "./failures.ts";
import { waitAfter } from "./wait-after.ts";
import type { WaitClock } from "./wait-clock.ts";

/** Milliseconds between two tries while something is waited for: soon at first, then with patience. */
const pause = (waited: number): number => Math.min(1000, 100 + waited / 10);

/** Ends early when the run is to stop; what comes next says so. */
export const rest = (waited: number, signal: AbortSignal): Promise<void> =>
	sleep(pause(waited), undefined, { signal }).catch(() => {});

interface Patience {
	/** names the StatefulSet, for hints */
	set: { name: string; namespace: string };
	waits: WaitClock;
	signal: AbortSignal;
}

/**
 * Tries again for as long as something is in the way that passes by itself; for what may be done twice.
 *
 * @throws {QuorateError} TimedOut when it does not pass, Stopped when the run is to end meanwhile, and whatever does not pass
 */
export async function patiently<T>(attempt: () => Promise<T>, patience: Patience): Promise<T> {
	for (;;) {
		try {
			return await attempt();
		} catch (error) {
			await waitOut(error, patience);
		}
	}
}

/** Waits before the next look after a failure that passes by itself; throws any other, as it is. */
export async function waitOut(error: unknown, { set, waits, signal }: Patience): Promise<void> {
	const wait = waitAfter(error, set);
	if (wait === undefined) throw error;
	throwIfStopped(signal);
	await rest(waits.wait(wait), signal);
}
