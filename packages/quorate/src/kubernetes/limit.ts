import { RequestTimeout } from "./connection-error.ts";

/** Milliseconds that a write may take where no limit is wanted: an answer that never comes would hold a run, and its Lease, for good. */
const LONGEST_WRITE_MS = 60_000;

/** Of one request, by its method; 0: none. */
export const requestLimit = (timeoutMs: number, method: string): number =>
	timeoutMs === 0 && method !== "GET" ? LONGEST_WRITE_MS : timeoutMs;

/** A time limit and a caller's signal, as one end for whatever is under way. */
export class Limit {
	readonly #signal: AbortSignal | undefined;
	#timer: NodeJS.Timeout | undefined;
	#ended: { reason: unknown } | undefined;
	#connected: () => boolean = () => false;
	readonly #handlers: ((reason: unknown) => void)[] = [];
	readonly #onAbort = () => this.#end(this.#signal?.reason);

	/** @param ms 0: no time limit */
	constructor(ms: number, signal: AbortSignal | undefined) {
		signal?.throwIfAborted();
		this.#signal = signal;
		signal?.addEventListener("abort", this.#onAbort);
		if (ms > 0) this.#timer = setTimeout(() => this.#end(new RequestTimeout(ms, this.#connected())), ms);
	}

	/** Why it ended; undefined while it has not. */
	get ended(): { reason: unknown } | undefined {
		return this.#ended;
	}

	/** @param connected asked when the time is over, to tell a silent server from an absent one */
	onEnd(handler: (reason: unknown) => void, connected?: () => boolean): void {
		if (connected) this.#connected = connected;
		if (this.#ended) handler(this.#ended.reason);
		else this.#handlers.push(handler);
	}

	/** The promise's result, unless the limit ends before. */
	race<T>(promise: Promise<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			this.onEnd(reject);
			promise.then(resolve, reject);
		});
	}

	/** From here on only the signal counts. */
	stopClock(): void {
		clearTimeout(this.#timer);
	}

	/** Nothing is under way any more. */
	clear(): void {
		this.stopClock();
		this.#signal?.removeEventListener("abort", this.#onAbort);
		this.#handlers.length = 0;
	}

	#end(reason: unknown): void {
		if (this.#ended) return;
		this.#ended = { reason };
		clearTimeout(this.#timer);
		for (const handler of this.#handlers.splice(0)) handler(reason);
	}
}
