import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import type { Output, Terminal } from "../terminal.ts";

type Paint = (text: string) => string;

export interface Style {
	readonly red: Paint;
	readonly green: Paint;
	readonly yellow: Paint;
	readonly cyan: Paint;
	readonly bold: Paint;
	readonly dim: Paint;
	readonly symbols: Symbols;
	/** a line can be drawn over: a terminal that understands escapes */
	readonly redraws: boolean;
	/** columns there are; Infinity where the output is no terminal */
	readonly width: number;
}

export interface Symbols {
	readonly pass: string;
	readonly warn: string;
	readonly fail: string;
	readonly skip: string;
	readonly arrow: string;
	/** made anew */
	readonly renew: string;
	readonly dot: string;
	readonly ellipsis: string;
	readonly spinner: readonly string[];
}

const UNICODE: Symbols = {
	pass: "√",
	warn: "‼",
	fail: "×",
	skip: "-",
	arrow: "→",
	renew: "±",
	dot: "·",
	ellipsis: "…",
	spinner: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
};

const ASCII: Symbols = {
	pass: "ok",
	warn: "!!",
	fail: "xx",
	skip: "--",
	arrow: "->",
	renew: "*",
	dot: "-",
	ellipsis: "...",
	spinner: ["|", "/", "-", "\\"],
};

/** How text looks on this output: colours by NO_COLOR, FORCE_COLOR and whether it is a terminal; symbols by the locale. */
export function styleFor(output: Output, env: Terminal["env"], colorWanted = true): Style {
	const { red, green, yellow, cyan, bold, dim } = pc.createColors(colorWanted && colored(output, env));
	const symbols = isUnicode(env) ? UNICODE : ASCII;
	return {
		red,
		green,
		yellow,
		cyan,
		bold,
		dim,
		symbols,
		redraws: output.isTTY && env.TERM !== "dumb",
		width: output.columns ?? Number.POSITIVE_INFINITY,
	};
}

function colored(output: Output, env: Terminal["env"]): boolean {
	if (env.NO_COLOR) return false;
	if (env.FORCE_COLOR) return !/^(0|false)$/.test(env.FORCE_COLOR);
	return output.isTTY && env.TERM !== "dumb";
}

function isUnicode(env: Terminal["env"]): boolean {
	return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || "");
}

/** Columns that a text takes; what Quorate prints has no characters of double width. */
export const columnsOf = (text: string): number => stripVTControlCharacters(text).length;

export const padEnd = (text: string, columns: number): string =>
	text + " ".repeat(Math.max(0, columns - columnsOf(text)));

/** Cuts a text without colours to that many columns. */
export function cut(text: string, columns: number, { symbols }: Style): string {
	if (text.length <= columns) return text;
	return columns <= symbols.ellipsis.length
		? text.slice(0, Math.max(0, columns))
		: text.slice(0, columns - symbols.ellipsis.length).trimEnd() + symbols.ellipsis;
}

/** As `wrap`, but a line that names a command stays whole, so that it can be copied. */
export const wrapProse = (text: string, columns: number): string[] =>
	text
		.split("\n")
		.flatMap((line) => (/\b(quorate|kubectl|etcdctl|npm|export) /.test(line) ? [line] : wrap(line, columns)));

/** Breaks a text at spaces, so that no line is longer; a word that is longer stays whole, to be copied. */
export function wrap(text: string, columns: number): string[] {
	const lines: string[] = [];
	let line = "";
	for (const word of text.split(/\s+/)) {
		if (line !== "" && columnsOf(line) + 1 + columnsOf(word) > columns) {
			lines.push(line);
			line = word;
		} else line = line === "" ? word : `${line} ${word}`;
	}
	return [...lines, line];
}
