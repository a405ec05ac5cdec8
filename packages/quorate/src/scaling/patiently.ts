import { setTimeout as sleep } from "node:timers/promises";
import { throwIfStopped } from "./failures.ts";
import { waitAfter } from "./wait-after.ts";
import type { WaitClock } from "./wait-clock.ts";

/** Milliseconds between two tries while something is waited for: soon at first, then with patience. */
const pause = (waited: number): number => Math.min(1000, 100 + waited / 10);

/** Ends early when the run is to stop; what comes next says so. */
export const rest = (waited: number, signal: AbortSignal): Promise<void> =>
	sleep(pause(waited), undefined, { signal }).catch(() => {});

/**
 * Tries again for as long as something is in the way that passes by itself; for what may be done twice.
 *
 * @param set names the StatefulSet for hints
 * @throws {QuorateError} TimedOut when it does not pass, Stopped when the run is to end meanwhile, and whatever does not pass
 */
export async function patiently<T>(
	attempt: () => Promise<T>,
	{ set, waits, signal }: { set: { name: string; namespace: string }; waits: WaitClock; signal: AbortSignal },
): Promise<T> {
	for (;;) {
		try {
			return await attempt();
		} catch (error) {
			throwIfStopped(signal);
			const wait = waitAfter(error, set);
			if (wait === undefined) throw error;
			await rest(waits.wait(wait), signal);
		}
	}
}
