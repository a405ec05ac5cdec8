import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unexplained } from "./linearizable.ts";
import type { Action, Operation } from "./operation.ts";

/** `[from, to, action]`; no end: nobody knows what became of it. */
type Line = [number, number | undefined, Action, string?];

const put = (value: string): Action => ({ kind: "put", value });
const read = (value: string | null): Action => ({ kind: "read", value });
const swap = (expected: string, value: string): Action => ({ kind: "swap", expected, value });

const history = (lines: readonly Line[]): Operation[] =>
	lines.map(([called, returned, action, key = "k"], client) => ({ client, key, called, returned, action }));

const good: [string, Line[]][] = [
	["nothing at all", []],
	["a key that is not there", [[0, 1, read(null)]]],
	[
		"one after the other",
		[
			[0, 1, put("a")],
			[2, 3, read("a")],
			[4, 5, put("b")],
			[6, 7, read("b")],
		],
	],
	[
		"two puts at once, the later call first",
		[
			[0, 10, put("a")],
			[1, 9, put("b")],
			[11, 12, read("a")],
		],
	],
	[
		"a read at the same time as a put, which sees it",
		[
			[0, 10, put("a")],
			[1, 2, read("a")],
			[3, 4, read("a")],
		],
	],
	[
		"a read at the same time as a put, which does not",
		[
			[0, 10, put("a")],
			[1, 2, read(null)],
			[3, 4, read("a")],
		],
	],
	[
		"a put without an answer that took effect much later",
		[
			[0, undefined, put("a")],
			[5, 6, read(null)],
			[7, 8, read("a")],
		],
	],
	[
		"a put without an answer that never did",
		[
			[0, undefined, put("a")],
			[5, 6, put("b")],
			[7, 8, read("b")],
		],
	],
	[
		"swaps in a row",
		[
			[0, 1, put("a")],
			[2, 3, swap("a", "b")],
			[4, 5, swap("b", "c")],
			[6, 7, read("c")],
		],
	],
	[
		"a swap of what a put without an answer left",
		[
			[0, undefined, put("a")],
			[1, undefined, swap("a", "b")],
			[3, 4, read("b")],
		],
	],
	[
		"two keys, each good",
		[
			[0, 1, put("a"), "x"],
			[2, 3, put("b"), "y"],
			[4, 5, read("a"), "x"],
			[4, 5, read("b"), "y"],
		],
	],
];

const bad: [string, Line[]][] = [
	[
		"a lost write",
		[
			[0, 1, put("a")],
			[2, 3, read(null)],
		],
	],
	[
		"a lost write, among others",
		[
			[0, 1, put("a")],
			[2, 3, put("b")],
			[4, 5, read("a")],
		],
	],
	[
		"a stale read",
		[
			[0, 1, put("a")],
			[2, 3, put("b")],
			[4, 5, read("b")],
			[6, 7, read("a")],
		],
	],
	[
		"two reads that see a put in both orders",
		[
			[0, 10, put("a")],
			[1, 2, read("a")],
			[3, 4, read(null)],
		],
	],
	["a value from nowhere", [[0, 1, read("a")]]],
	[
		"a value before it was put",
		[
			[0, 1, read("a")],
			[2, 3, put("a")],
		],
	],
	[
		"a value before it was put, without an answer",
		[
			[0, 1, read("a")],
			[2, undefined, put("a")],
		],
	],
	[
		"two swaps of the same value",
		[
			[0, 1, put("a")],
			[2, 9, swap("a", "b")],
			[3, 8, swap("a", "c")],
		],
	],
	[
		"a swap of a value that was overwritten",
		[
			[0, 1, put("a")],
			[2, 3, put("b")],
			[4, 5, swap("a", "c")],
		],
	],
	[
		"a put without an answer that comes and goes",
		[
			[0, undefined, put("a")],
			[1, 2, put("b")],
			[3, 4, read("a")],
			[5, 6, read("b")],
		],
	],
	[
		"a swap without an answer, that was seen, of a value that was gone",
		[
			[0, 1, put("a")],
			[2, 3, put("b")],
			[4, undefined, swap("a", "c")],
			[5, 6, read("c")],
		],
	],
	[
		"one bad key of two",
		[
			[0, 1, put("a"), "x"],
			[2, 3, put("b"), "y"],
			[4, 5, read("a"), "x"],
			[4, 5, read(null), "y"],
		],
	],
];

describe("a history that a register could have had", () => {
	it.each(good)("%s", (_name, lines) => expect(unexplained(history(lines))).toEqual([]));
});

describe("a history that none could have had", () => {
	it.each(bad)("%s", (_name, lines) => expect(unexplained(history(lines))).toHaveLength(1));

	it("is told by its key, the operation and what could have been found", () => {
		const [, , , second] = history([
			[0, 1, put("a"), "x"],
			[2, 3, put("b"), "x"],
			[0, 1, put("c"), "y"],
			[4, 5, read("a"), "x"],
		]);
		const lines: Line[] = [
			[0, 1, put("a"), "x"],
			[2, 3, put("b"), "x"],
			[0, 1, put("c"), "y"],
			[4, 5, read("a"), "x"],
		];
		expect(unexplained(history(lines))).toEqual([{ key: "x", operation: second, possible: ["b"] }]);
	});
});

/** What clients see of a true register, each acting for a while around the moment of effect; some never hear of it. */
const real = fc
	.array(
		fc.record({
			kind: fc.constantFrom("put", "read", "swap"),
			before: fc.nat(30),
			after: fc.nat(30),
			heard: fc.nat(9),
		}),
		{
			maxLength: 60,
		},
	)
	.map((acts) => {
		let value: string | null = null;
		return acts.map(({ kind, before, after, heard }, n): Operation => {
			const [called, returned] = [n * 10 - before, heard === 0 ? undefined : n * 10 + after];
			const act = (): Action => {
				if (kind === "read" || (kind === "swap" && value === null)) return read(value);
				const action = kind === "put" ? put(`v${n}`) : swap(value ?? "", `v${n}`);
				value = `v${n}`;
				return action;
			};
			return { client: n, key: "k", called, returned, action: act() };
		});
	});

it("whatever a true register did is explained", () => {
	fc.assert(
		fc.property(real, (operations) => {
			expect(unexplained(operations)).toEqual([]);
		}),
		{ numRuns: 300 },
	);
});

it("a write that was acknowledged and lost is found out in any history", () => {
	fc.assert(
		fc.property(real, (operations) => {
			const end = operations.length * 10 + 100;
			const lost: Operation = { client: 99, key: "k", called: end, returned: end + 1, action: put("lost") };
			const reader: Operation = { client: 98, key: "k", called: end + 2, returned: end + 3, action: read("gone") };
			expect(unexplained([...operations, lost, reader])).toHaveLength(1);
			// one without an answer may come at any later time
			const answered = operations.filter(({ returned }) => returned !== undefined);
			const before = answered.flatMap(({ action }) => (action.kind === "read" ? [] : [action.value])).at(-1) ?? null;
			const stale: Operation = { ...reader, action: read(before) };
			expect(unexplained([...operations, lost, stale])).toHaveLength(1);
		}),
		{ numRuns: 200 },
	);
});

it("agrees with trying every order, on small histories", () => {
	const any = fc.array(
		fc.record({
			called: fc.nat(12),
			lasts: fc.integer({ min: 1, max: 6 }),
			what: fc.constantFrom("put", "read", "swap"),
			of: fc.nat(4),
			known: fc.boolean(),
		}),
		{ maxLength: 5 },
	);
	const verdicts = { true: 0, false: 0 };
	fc.assert(
		fc.property(any, (acts) => {
			const operations = acts.map(({ called, lasts, what, of, known }, n): Operation => {
				const value = of === 0 ? null : `v${of - 1}`;
				const action = what === "put" ? put(`v${n}`) : what === "read" ? read(value) : swap(value ?? "v0", `v${n}`);
				return { client: n, key: "k", called, returned: known ? called + lasts : undefined, action };
			});
			const verdict = unexplained(operations).length === 0;
			verdicts[`${verdict}`]++;
			expect(verdict).toBe(someOrder(operations, null));
		}),
		{ numRuns: 3000 },
	);
	expect(Math.min(verdicts.true, verdicts.false)).toBeGreaterThan(100);
});

/** The definition, word by word. */
function someOrder(left: readonly Operation[], value: string | null): boolean {
	if (left.every(({ returned }) => returned === undefined)) return true;
	const first = Math.min(...left.map(({ returned }) => returned ?? Number.POSITIVE_INFINITY));
	return left.some((operation) => {
		const { action, called } = operation;
		if (called > first) return false;
		const rest = left.filter((one) => one !== operation);
		if (action.kind === "put") return someOrder(rest, action.value);
		if (action.kind === "read") return action.value === value && someOrder(rest, value);
		return action.expected === value && someOrder(rest, action.value);
	});
}
