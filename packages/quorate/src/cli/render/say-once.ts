import type { CheckResult } from "../../checks/index.ts";

const failures = (checks: readonly CheckResult[]): readonly CheckResult[] =>
	checks.filter(({ status }) => status === "fail");

/** The id of the check that says this already; undefined: none does. The one that it is the matter of before one that quotes it. */
export function toldBy(checks: readonly CheckResult[], message: string): string | undefined {
	const found = failures(checks).filter(({ saw }) => saw.includes(message));
	return found.sort((a, b) => a.saw.length - b.saw.length)[0]?.id;
}

/**
 * A reason that stops several things fails several checks. One of them says it in full; a check that quotes it names that one instead, and
 * leaves out a hint that is the same. For people only: documents have each check whole.
 */
export function sayOnce(checks: readonly CheckResult[]): readonly CheckResult[] {
	const failed = failures(checks);
	return checks.map((check) => {
		if (check.status !== "fail") return check;
		for (const other of failed) {
			const quoted = [other.saw, ...other.saw.split("; ")].find((text) => check.saw.endsWith(`: ${text}`));
			if (other === check || quoted === undefined) continue;
			const { hint, ...rest } = check;
			const saw = `${check.saw.slice(0, -quoted.length)}see ${other.id}`;
			return { ...rest, saw, ...(hint === undefined || hint === other.hint ? {} : { hint }) };
		}
		return check;
	});
}
