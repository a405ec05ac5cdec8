/**
 * One call of one client on one key, as it was seen from outside. Times are milliseconds of one clock; values are written once
 * in a history, and null is no value.
 */
export interface Operation {
	readonly client: number;
	readonly key: string;
	readonly called: number;
	/** undefined: it was never answered, or with an error; whether it took effect, and when, is not known */
	readonly returned: number | undefined;
	readonly action: Action;
}

export type Action =
	| { readonly kind: "put"; readonly value: string }
	| { readonly kind: "read"; readonly value: string | null }
	/** it found `expected` and put `value`; one that found something else is a read */
	| { readonly kind: "swap"; readonly expected: string; readonly value: string };

/** What it puts, if anything. */
export const written = (action: Action): string | undefined => (action.kind === "read" ? undefined : action.value);

/** What it must have found; undefined: it did not look. */
export const found = (action: Action): string | null | undefined =>
	action.kind === "read" ? action.value : action.kind === "swap" ? action.expected : undefined;
