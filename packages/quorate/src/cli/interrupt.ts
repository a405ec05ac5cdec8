/** Ctrl-C and SIGTERM while something is under way that must not be cut in two. */
export interface Interrupt {
	/** aborted by the first of them; the second ends the process at once */
	readonly signal: AbortSignal;
	/** leaves both to the system again */
	release(): void;
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

export function catchInterrupt(onFirst: () => void): Interrupt {
	const controller = new AbortController();
	const handle = (signal: keyof typeof EXIT_CODES) => {
		if (controller.signal.aborted) process.exit(EXIT_CODES[signal]);
		controller.abort();
		onFirst();
	};
	process.on("SIGINT", handle);
	process.on("SIGTERM", handle);
	return {
		signal: controller.signal,
		release: () => {
			process.off("SIGINT", handle);
			process.off("SIGTERM", handle);
		},
	};
}
