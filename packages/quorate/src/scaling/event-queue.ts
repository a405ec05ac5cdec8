/** Events pushed on one side, iterated on the other, in order; nothing is dropped. One reader. */
export class EventQueue<T> {
	readonly #waiting: T[] = [];
	#ended = false;
	#error: unknown;
	#wake: () => void = () => {};

	push(event: T): void {
		this.#waiting.push(event);
		this.#wake();
	}

	end(): void {
		this.#ended = true;
		this.#wake();
	}

	fail(error: unknown): void {
		this.#error = error;
		this.end();
	}

	/** `left` is called when the reader leaves before the end; the iterator then waits for the end. */
	async *iterate(left: () => void): AsyncGenerator<T, void> {
		try {
			for (;;) {
				const event = this.#waiting.shift();
				if (event !== undefined) yield event;
				else if (this.#ended) break;
				else await this.#change();
			}
		} finally {
			if (!this.#ended) {
				left();
				while (!this.#ended) await this.#change();
			}
		}
		if (this.#error !== undefined) throw this.#error;
	}

	#change(): Promise<void> {
		return new Promise((resolve) => {
			this.#wake = resolve;
		});
	}
}
