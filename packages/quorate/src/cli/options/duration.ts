import { usage } from "./usage.ts";

const UNITS: Readonly<Record<string, number>> = {
	ns: 1e-6,
	us: 1e-3,
	µs: 1e-3,
	ms: 1,
	s: 1000,
	m: 60_000,
	h: 3_600_000,
};

/** Longer than this, Node's timers would fire at once. */
const LONGEST = 2_147_483_647;

/**
 * kubectl's syntax: a number with a unit, or several (`1m30s`); without a unit it is seconds; 0: no limit.
 *
 * @returns milliseconds
 * @throws {QuorateError} Usage
 */
export function parseDuration(text: string, flag: string): number {
	const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)];
	const plain = /^\d+$/.test(text);
	if (!plain && (parts.length === 0 || parts.map((part) => part[0]).join("") !== text))
		throw usage(
			`reading ${flag}`,
			`"${text}" is not a duration`,
			"give a number with a unit, as in 30s, 1m30s or 2h; 0 is no limit",
		);
	const milliseconds = plain
		? Number(text) * 1000
		: parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0), 0);
	if (milliseconds > LONGEST) throw usage(`reading ${flag}`, `${text} is too long; at most 24 days`, "0 is no limit");
	return milliseconds > 0 ? Math.max(1, Math.round(milliseconds)) : 0;
}
