import fc from "fast-check";

/** Where a value stands within another. */
export type Path = readonly (string | number)[];

/** Of everything within, lists and objects too; those that hold others come first. */
export function pathsOf(value: unknown, at: Path = []): Path[] {
	if (typeof value !== "object" || value === null) return [at];
	const below = Object.entries(value).flatMap(([key, child]) =>
		pathsOf(child, [...at, Array.isArray(value) ? Number(key) : key]),
	);
	return at.length === 0 ? below : [at, ...below];
}

/** The same with another value in that place. */
export function withValue(value: unknown, [first, ...rest]: Path, to: unknown): unknown {
	if (first === undefined) return to;
	if (Array.isArray(value)) return value.map((item, i) => (i === first ? withValue(item, rest, to) : item));
	const fields = value as Record<string, unknown>;
	return { ...fields, [first]: withValue(fields[first], rest, to) };
}

function valueAt(value: unknown, path: Path): unknown {
	return path.reduce((found: unknown, key) => (found as Record<string | number, unknown>)[key], value);
}

const TEXTS = [
	"",
	" ",
	"0",
	"-1",
	"a",
	"A_B",
	".",
	"..",
	"a/b",
	"a,b=c",
	"\u0000",
	"\ud800",
	"é\n",
	"__proto__",
	"$(X)",
];
const NUMBERS = [-1, 0, 1, 2, 3, 4, 5, 7, 100, 1.5, 1e6, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308];

const anyText = fc.oneof(
	fc.constantFrom(...TEXTS, "x".repeat(300)),
	fc.string({ unit: "binary", maxLength: 20 }),
	fc.json({ maxDepth: 1 }),
);
const anyNumber = fc.oneof(fc.constantFrom(...NUMBERS), fc.integer());
/** Undefined: it is left out where it is written as JSON. */
const anything = fc.oneof(
	fc.constantFrom(undefined, null, true, false, [], {}, [null], [[]], [{}]),
	anyText,
	anyNumber,
	fc.jsonValue({ maxDepth: 2 }),
);

/** Something odd, more often of the same kind than of another. */
function oddFor(value: unknown, words: readonly string[]): fc.Arbitrary<unknown> {
	const weighed = (same: fc.Arbitrary<unknown>) =>
		fc.oneof({ arbitrary: same, weight: 5 }, { arbitrary: anything, weight: 1 });
	if (typeof value === "string") return weighed(fc.oneof(fc.constantFrom(...words), anyText));
	if (typeof value === "number") return weighed(anyNumber);
	if (typeof value === "boolean") return weighed(fc.boolean());
	if (Array.isArray(value))
		return weighed(fc.constantFrom([], value.slice(1), [...value, ...value], value.toReversed()));
	return weighed(fc.subarray(Object.entries(value ?? {})).map((entries) => Object.fromEntries(entries)));
}

/** Something else in one place. */
export interface Change {
	readonly path: Path;
	readonly to: unknown;
}

/**
 * Some of what is in a value put elsewhere, changed, or taken away; for {@link spoilt}.
 *
 * @param where only such places are changed
 * @param words texts that may stand anywhere, beside those that are there
 */
export function changesOf(
	value: unknown,
	{ where = () => true, words = [] }: { where?: (path: Path) => boolean; words?: readonly string[] } = {},
): fc.Arbitrary<Change[]> {
	const all = pathsOf(value);
	const texts = all.map((path) => valueAt(value, path)).filter((found) => typeof found === "string");
	const paths = all.filter(where);
	const leaves = paths.filter((path) => typeof valueAt(value, path) !== "object");
	const one = fc
		.oneof({ arbitrary: fc.constantFrom(...leaves), weight: 3 }, { arbitrary: fc.constantFrom(...paths), weight: 1 })
		.chain((path) => oddFor(valueAt(value, path), [...texts, ...words]).map((to) => ({ path, to })));
	return fc.array(one, { minLength: 1, maxLength: 4 });
}

/** The value with these changes, as it comes back from JSON. */
export function spoilt(value: unknown, changes: readonly Change[]): unknown {
	// the deepest first: those above them may take their place away
	const inOrder = changes.toSorted((a, b) => b.path.length - a.path.length);
	const odd = inOrder.reduce((spoiling, { path, to }) => withValue(spoiling, path, to), value);
	return JSON.parse(JSON.stringify(odd) ?? "null") as unknown;
}
