import { setMaxListeners } from "node:events";

/** One signal that aborts with the first of those given. Many calls at once may listen to it without a warning of a leak. */
export function anySignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
	const given = signals.filter((one) => one !== undefined);
	// a caller's may be AbortSignal.timeout's, which Node.js lets be collected where it is only combined
	for (const one of given) one.addEventListener("abort", () => {}, { once: true });
	const signal = AbortSignal.any(given);
	setMaxListeners(0, signal);
	return signal;
}
