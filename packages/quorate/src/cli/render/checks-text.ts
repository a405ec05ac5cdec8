import { CHECK_GROUPS, type CheckResult, type CheckStatus } from "../../checks/index.ts";
import { withAges } from "./ages.ts";
import { plural } from "./quantities.ts";
import { type Style, wrap, wrapProse } from "./style.ts";

export interface ChecksTextOptions {
	/** also what passed. @default false */
	all?: boolean;
}

/** A report as linkerd's: a symbol a check, why it matters and what to do below it, a count at the end. */
export function checksText(checks: readonly CheckResult[], style: Style, options: ChecksTextOptions = {}): string[] {
	const shown = options.all ? checks : checks.filter(({ status }) => status === "warn" || status === "fail");
	const lines: string[] = [];
	for (const group of Object.keys(CHECK_GROUPS) as (keyof typeof CHECK_GROUPS)[]) {
		const found = shown.filter((check) => check.group === group);
		if (found.length === 0) continue;
		lines.push(style.bold(CHECK_GROUPS[group]), ...found.flatMap((check) => checkLines(check, style)), "");
	}
	return [...lines, countLine(checks, style)];
}

function checkLines(check: CheckResult, style: Style): string[] {
	const { symbols } = style;
	const indent = " ".repeat(symbols.pass.length + 1);
	const columns = Math.min(style.width, 100) - indent.length;
	const [first = "", ...rest] = wrap(withAges(check.saw), columns);
	const below = [check.why, check.hint && `${symbols.arrow} ${check.hint}`].filter((text) => text !== undefined);
	return [
		`${mark(check.status, style)} ${first}${rest.length === 0 ? style.dim(` [${check.id}]`) : ""}`,
		...rest.map((line, index) => `${indent}${line}${index === rest.length - 1 ? style.dim(` [${check.id}]`) : ""}`),
		...below.flatMap((text) => wrapProse(text ?? "", columns - 2)).map((line) => `${indent}  ${style.dim(line)}`),
	];
}

export function mark(status: CheckStatus, { symbols, green, yellow, red, dim }: Style): string {
	switch (status) {
		case "pass":
			return green(symbols.pass);
		case "warn":
			return yellow(symbols.warn);
		case "fail":
			return red(symbols.fail);
		case "skip":
			return dim(symbols.skip);
	}
}

function countLine(checks: readonly CheckResult[], style: Style): string {
	const count = (status: CheckStatus) => checks.filter((check) => check.status === status).length;
	const [passed, warned, failed, skipped] = [count("pass"), count("warn"), count("fail"), count("skip")];
	const told = [
		`${plural(passed, "check")} passed`,
		...(warned > 0 ? [style.yellow(plural(warned, "warning"))] : []),
		...(failed > 0 ? [style.red(`${failed} failed`)] : []),
		...(skipped > 0 ? [`${skipped} skipped`] : []),
	];
	return `Checks: ${told.join(", ")}`;
}
