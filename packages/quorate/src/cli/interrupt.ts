import { Interruption } from "../interruption.ts";

/** Ctrl-C, SIGTERM and a closed terminal (SIGHUP) while something is under way that must not be cut in two. */
export interface Interrupt {
	/** aborted by the first of them; a second Ctrl-C or SIGTERM ends the process at once */
	readonly signal: AbortSignal;
	/** leaves all of them to the system again */
	release(): void;
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Stops what is under way; undefined: nothing is. */
let stop: ((by: string) => void) | undefined;

export function catchInterrupt(onFirst: () => void): Interrupt {
	const controller = new AbortController();
	const first = (by: string) => {
		if (controller.signal.aborted) return;
		controller.abort(new Interruption(by));
		onFirst();
	};
	const handle = (signal: keyof typeof EXIT_CODES) => {
		if (controller.signal.aborted) process.exit(EXIT_CODES[signal]);
		first(signal === "SIGINT" ? "Ctrl-C" : signal);
	};
	process.on("SIGINT", handle);
	process.on("SIGTERM", handle);
	// the kernel and the shell both send it: it never counts as the second
	process.on("SIGHUP", first);
	stop = first;
	return {
		signal: controller.signal,
		release: () => {
			process.off("SIGINT", handle);
			process.off("SIGTERM", handle);
			process.off("SIGHUP", first);
			stop = undefined;
		},
	};
}

/**
 * Nobody reads the output any more: stops what is under way as Ctrl-C does. That Ctrl-C often ends the reader too, so this never
 * counts as the second one.
 *
 * @returns whether anything was under way
 */
export function readerGone(): boolean {
	stop?.("its output was closed");
	return stop !== undefined;
}
