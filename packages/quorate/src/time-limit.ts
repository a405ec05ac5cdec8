/**
 * Aborts with a TimeoutError after so many milliseconds. Unlike AbortSignal.timeout's it may be given to AbortSignal.any: Node.js lets a
 * timeout be collected, and never come, where nothing but such a combination listens to it.
 */
export function timeLimit(ms: number): AbortSignal {
	const limit = new AbortController();
	setTimeout(() => limit.abort(new DOMException(`no end within ${ms} ms`, "TimeoutError")), ms).unref();
	return limit.signal;
}
