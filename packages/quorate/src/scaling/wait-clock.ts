import { QuorateError } from "../errors.ts";
import type { Emit } from "./events.ts";
import { WAIT_LIMITS, type Wait } from "./step.ts";

/** Keeps the time of the wait that goes on, tells it, and ends the run when it takes too long. */
export class WaitClock {
	readonly #emit: Emit;
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
		const same = this.#wait?.kind === wait.kind && this.#wait.ordinal === wait.ordinal;
		if (!same) {
			this.over();
			this.#began = performance.now();
		}
		const milliseconds = performance.now() - this.#began;
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

	over(): void {
		if (this.#wait) this.#emit({ type: "waited", wait: this.#wait, milliseconds: performance.now() - this.#began });
		this.#wait = undefined;
	}
}
