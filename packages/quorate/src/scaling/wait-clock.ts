import { QuorateError } from "../errors.ts";
import type { Emit } from "./events.ts";
import { WAIT_LIMITS, type Wait } from "./step.ts";

/**
 * Keeps the time of what is waited for, tells it, and ends the run when it takes too long. What is waited for in turns with something else
 * keeps the time that it had: only a change that was made begins the count again.
 */
export class WaitClock {
	readonly #emit: Emit;
	/** milliseconds waited for each, without those of the present wait */
	readonly #waited = new Map<string, number>();
	#wait: Wait | undefined;
	#began = 0;

	constructor(emit: Emit) {
		this.#emit = emit;
	}

	/**
	 * @returns milliseconds waited so far
	 * @throws {QuorateError} TimedOut
	 */
	wait(wait: Wait): number {
		if (this.#wait && keyOf(this.#wait) !== keyOf(wait)) this.#pause();
		if (!this.#wait) this.#began = performance.now();
		const milliseconds = (this.#waited.get(keyOf(wait)) ?? 0) + performance.now() - this.#began;
		const limit = WAIT_LIMITS[wait.kind];
		if (this.#wait?.reason !== wait.reason) this.#emit({ type: "waiting", wait, milliseconds, limit });
		this.#wait = wait;
		if (milliseconds <= limit) return milliseconds;
		throw new QuorateError("TimedOut", {
			operation: "waiting",
			message: `${wait.reason}, for ${Math.round(milliseconds / 1000)} s`,
			hint: wait.hint,
		});
	}

	/** What was waited for has come about, and something was changed since. */
	over(): void {
		this.#pause();
		this.#waited.clear();
	}

	#pause(): void {
		if (!this.#wait) return;
		const milliseconds = performance.now() - this.#began;
		this.#emit({ type: "waited", wait: this.#wait, milliseconds });
		this.#waited.set(keyOf(this.#wait), (this.#waited.get(keyOf(this.#wait)) ?? 0) + milliseconds);
		this.#wait = undefined;
	}
}

const keyOf = ({ kind, ordinal }: Wait): string => `${kind} ${ordinal ?? ""}`;
