export interface WorkQueueOptions {
	/** First wait after a failure, in ms; doubled with each further one. @default 5 */
	baseDelayMs?: number;
	/** @default 30000 */
	maxDelayMs?: number;
	onError?: (key: string, error: unknown) => void;
}

/**
 * Keys to be worked on. A key added many times before its turn is worked on once; a key is never worked on twice at the
 * same time; a failing one comes again after a growing delay, the others do not wait for it.
 */
export class WorkQueue {
	readonly #work: (key: string) => number | undefined;
	readonly #options: Required<WorkQueueOptions>;
	readonly #waiting = new Set<string>();
	readonly #failures = new Map<string, number>();
	readonly #timers = new Map<string, { at: number; timer: NodeJS.Timeout }>();
	#turn: NodeJS.Immediate | undefined;
	#stopped = false;

	/** @param work does the key's work; a number asks for another look in so many milliseconds. */
	constructor(work: (key: string) => number | undefined, options: WorkQueueOptions = {}) {
		this.#work = work;
		this.#options = { baseDelayMs: 5, maxDelayMs: 30_000, onError: () => {}, ...options };
	}

	add(key: string): void {
		if (this.#stopped) return;
		this.#waiting.add(key);
		this.#turn ??= setImmediate(() => this.#drain());
	}

	/** Adds the key in `ms` milliseconds, or earlier where an earlier time was asked for. */
	addAfter(key: string, ms: number) {
		if (this.#stopped) return;
		if (ms <= 0) return this.add(key);
		const at = Date.now() + ms;
		const planned = this.#timers.get(key);
		if (planned && planned.at <= at) return;
		clearTimeout(planned?.timer);
		const timer = setTimeout(
			() => {
				this.#timers.delete(key);
				this.add(key);
			},
			Math.min(ms, 2 ** 31 - 1),
		);
		timer.unref();
		this.#timers.set(key, { at, timer });
	}

	stop(): void {
		this.#stopped = true;
		if (this.#turn) clearImmediate(this.#turn);
		for (const { timer } of this.#timers.values()) clearTimeout(timer);
		this.#timers.clear();
		this.#waiting.clear();
	}

	#drain(): void {
		this.#turn = undefined;
		const keys = [...this.#waiting];
		this.#waiting.clear();
		for (const key of keys) {
			if (this.#stopped) return;
			try {
				const again = this.#work(key);
				this.#failures.delete(key);
				if (again !== undefined) this.addAfter(key, again);
			} catch (error) {
				const failures = this.#failures.get(key) ?? 0;
				this.#failures.set(key, failures + 1);
				this.#options.onError(key, error);
				this.addAfter(key, Math.min(this.#options.baseDelayMs * 2 ** failures, this.#options.maxDelayMs));
			}
		}
	}
}
