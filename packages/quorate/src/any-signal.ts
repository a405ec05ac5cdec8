import { setMaxListeners } from "node:events";

/** One signal that aborts with the first of those given. Many calls at once may listen to it without a warning of a leak. */
export function anySignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
	const signal = AbortSignal.any(signals.filter((one) => one !== undefined));
	setMaxListeners(0, signal);
	return signal;
}
