export interface BackOffOptions {
	/** milliseconds before the first repeated try @default 10_000 */
	initial?: number;
	/** milliseconds at most @default 300_000 */
	maximum?: number;
	/** milliseconds without a failure after which it starts anew @default twice the maximum */
	resetAfter?: number;
}

/** The kubelet's back-off: at once after the first failure, then 10 s, doubling to 5 minutes, anew after 10 quiet minutes. */
export class BackOff {
	readonly #initial: number;
	readonly #maximum: number;
	readonly #resetAfter: number;
	#delay = 0;
	#last: number | undefined;

	constructor(options: BackOffOptions = {}) {
		this.#initial = options.initial ?? 10_000;
		this.#maximum = options.maximum ?? 300_000;
		this.#resetAfter = options.resetAfter ?? 2 * this.#maximum;
	}

	/** Milliseconds to wait after a failure that happened at `now`; 0 for the first. */
	failed(now: number): number {
		const wait = this.#last === undefined || now - this.#last > this.#resetAfter ? 0 : this.#delay;
		this.#delay = wait === 0 ? this.#initial : Math.min(wait * 2, this.#maximum);
		// The quiet time counts from the try that follows the wait.
		this.#last = now + wait;
		return wait;
	}
}
