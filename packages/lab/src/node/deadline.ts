import { setTimeout as sleep } from "node:timers/promises";

/** A moment that can be brought forward while it is waited for: a pod's grace, shortened by a second delete. */
export class Deadline {
	#at: number;
	#wake = new AbortController();

	constructor(at: number) {
		this.#at = at;
	}

	get at(): number {
		return this.#at;
	}

	shorten(at: number): void {
		if (at >= this.#at) return;
		this.#at = at;
		this.#wake.abort();
		this.#wake = new AbortController();
	}

	/** Resolves with true when `event` comes first, with false when the moment does. */
	async beats(event: Promise<unknown>): Promise<boolean> {
		let happened = false;
		const done = event.then(() => {
			happened = true;
		});
		for (let left = this.#left(); !happened && left > 0; left = this.#left()) {
			const timer = new AbortController();
			const signal = AbortSignal.any([this.#wake.signal, timer.signal]);
			await Promise.race([done, sleep(left, undefined, { signal }).catch(() => {})]);
			timer.abort();
		}
		return happened;
	}

	#left(): number {
		return this.#at - Date.now();
	}
}
