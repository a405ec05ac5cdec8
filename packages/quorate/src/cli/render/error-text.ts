import type { QuorateError } from "../../errors.ts";
import { withAges } from "./ages.ts";
import { type Style, wrapProse } from "./style.ts";

/** What went wrong, while doing what, how things are now, what to do next. */
export function errorText(error: QuorateError, style: Style): string[] {
	const lines: [string, string | undefined][] = [
		["while:", error.operation],
		["state:", error.state && withAges(error.state)],
		["next:", error.hint],
	];
	return [
		// indented, so that no text of a cluster's looks like a line of ours
		...`${style.red("error:")} ${withAges(error.message)}`
			.split("\n")
			.map((line, index) => (index > 0 ? `       ${line}` : line)),
		...lines.flatMap(([title, text]) => {
			if (text === undefined || text === "") return [];
			const columns = Math.min(style.width, 120) - 7;
			const [first = "", ...rest] = wrapProse(text, columns);
			return [`${style.dim(title.padEnd(6))} ${first}`, ...rest.map((line) => `       ${line}`)];
		}),
	];
}
