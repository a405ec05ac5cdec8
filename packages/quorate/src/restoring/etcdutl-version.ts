/** A version as [major, minor, patch]. Undefined: the tag tells none. */
export function versionIn(image: string): readonly [number, number, number] | undefined {
	const tag = image.replace(/@.*$/, "").match(/:([^/:]+)$/)?.[1] ?? "";
	const found = /(\d+)\.(\d+)\.(\d+)/.exec(tag);
	return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined;
}

/** Releases from which on a restore can raise the revision. */
const BUMPS: Readonly<Record<number, number>> = { 4: 34, 5: 21 };

/** Knows --bump-revision and --mark-compacted. */
export function canBump([major, minor, patch]: readonly [number, number, number]): boolean {
	const from = BUMPS[minor];
	return major > 3 || minor > 5 || (from !== undefined && patch >= from);
}
