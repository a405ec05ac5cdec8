/**
 * Does something `count` times: first once, then in batches twice as large each, until one fails. So a quota or a bad template
 * costs one failure, not a hundred. Returns what was made, and what stopped it.
 */
export function slowStart<T>(count: number, make: () => T): { made: T[]; failure?: unknown } {
	const made: T[] = [];
	for (let batch = Math.min(1, count); batch > 0; batch = Math.min(batch * 2, count - made.length)) {
		const failures: unknown[] = [];
		for (let number = 0; number < batch; number++) {
			try {
				made.push(make());
			} catch (error) {
				failures.push(error);
			}
		}
		if (failures.length > 0) return { made, failure: failures[0] };
	}
	return { made };
}
