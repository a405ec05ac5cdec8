/** Someone asks a run to end; the reason of the signal that it is given. Named as what Node.js throws where it meets such a signal. */
export class Interruption extends Error {
	/** @param by "Ctrl-C", "SIGTERM" */
	constructor(by: string) {
		super(`interrupted (${by})`);
		this.name = "AbortError";
	}
}

/** "interrupted (Ctrl-C)", or "interrupted" where the signal does not say by what. */
export const interruptedBy = (signal: AbortSignal | undefined): string =>
	signal?.reason instanceof Interruption ? signal.reason.message : "interrupted";
