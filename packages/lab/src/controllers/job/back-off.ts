import type { Pod } from "../stored.ts";

const FIRST = 10_000;
const LAST = 600_000;

/** How long jobs wait before they replace a pod that failed: longer with each failure in a row. */
export class JobBackOff {
	readonly #jobs = new Map<string, { failures: number; last: number }>();

	/** @param uid the job's */
	note(uid: string, failed: readonly Pod[], succeeded: readonly Pod[], now: number): void {
		if (failed.length === 0 && succeeded.length === 0) return;
		const record = this.#jobs.get(uid) ?? { failures: 0, last: 0 };
		const lastSuccess = Math.max(0, ...succeeded.map((pod) => endOf(pod, now)));
		const since = failed.map((pod) => endOf(pod, now)).filter((end) => end > lastSuccess);
		const failures = succeeded.length > 0 ? since.length : record.failures + since.length;
		this.#jobs.set(uid, { failures, last: Math.max(record.last, ...since) });
	}

	/** Milliseconds that are left of the wait. */
	left(uid: string, now: number): number {
		const record = this.#jobs.get(uid);
		if (!record || record.failures === 0) return 0;
		const wait = Math.min(FIRST * 2 ** (record.failures - 1), LAST);
		return Math.max(0, record.last + wait - now);
	}

	forget(uid: string): void {
		this.#jobs.delete(uid);
	}
}

/** When the last of a pod's containers ended; a pod that is deleted while it runs ends now. */
function endOf({ status }: Pod, now: number): number {
	const ends = (status?.containerStatuses ?? []).flatMap(({ state }) => {
		const at = Date.parse(state?.terminated?.finishedAt ?? "");
		return Number.isNaN(at) ? [] : [at];
	});
	return ends.length > 0 ? Math.max(...ends) : now;
}
