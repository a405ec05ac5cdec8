export type DifferenceKind = "missing" | "extra" | "value" | "createRevision" | "modRevision" | "version" | "lease";

export interface KeyDifference {
	/** "missing": most hold it; "extra": most do not; else the first field that is not the same */
	kind: DifferenceKind;
	key: Uint8Array;
	/** those that are not as most are (as the first, where there is no majority) */
	members: readonly string[];
}
