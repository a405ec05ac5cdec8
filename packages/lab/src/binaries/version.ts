/** "3.5.9" → [3, 5, 9]; undefined for anything else. */
export function parseVersion(text: string): number[] | undefined {
	return /^\d+\.\d+\.\d+$/.test(text) ? text.split(".").map(Number) : undefined;
}

/** Is `version` what was asked for: the same ("3.5.9"), the beginning of it ("3.5", "3"), or anything (undefined)? */
export function matchesVersion(version: string, asked: string | undefined): boolean {
	return asked === undefined || version === asked || version.startsWith(`${asked}.`);
}

/** A version as it may be asked for: "3", "3.5", "3.5.9"; a leading v is allowed. Undefined where it is none. */
export function normaliseAsked(asked: string): string | undefined {
	return /^v?(\d+(?:\.\d+){0,2})$/.exec(asked)?.[1];
}

/** For sort: oldest first. */
export function compareVersions(a: string, b: string): number {
	const [left, right] = [parseVersion(a) ?? [], parseVersion(b) ?? []];
	for (let i = 0; i < 3; i++) {
		const difference = (left[i] ?? 0) - (right[i] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}
