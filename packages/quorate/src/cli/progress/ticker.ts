import { cut, type Style, wrap } from "../render/style.ts";
import type { Output } from "../terminal.ts";

/** Tells what goes on: on a terminal by one line that lives below those that stay, elsewhere by lines alone. */
export interface Ticker {
	/** a line that stays */
	line(text: string): void;
	/**
	 * @param status what goes on now, asked for whenever it is told; undefined: nothing
	 * @param reason why it lasts, which ends the status: where the terminal is too narrow for it, it is told whole, once, in lines that stay
	 */
	now(status: (() => string) | undefined, reason?: string): void;
	close(): void;
}

const REDRAW_MS = 100;
/** A reason that is gone sooner leaves no line behind. */
const LASTS_MS = 1000;
const HEARTBEAT_MS = 10_000;

/** `plain`: no line that lives, be it a terminal or not. */
export function createTicker(output: Output, style: Style, plain = false): Ticker {
	return style.redraws && !plain ? liveTicker(output, style) : lineTicker(output);
}

function liveTicker(output: Output, style: Style): Ticker {
	const { spinner } = style.symbols;
	let status: (() => string) | undefined;
	let reason: { text: string; since: number; told: boolean } | undefined;
	let frame = 0;
	let drawn = false;
	const erase = () => {
		if (drawn) output.eraseLine();
		drawn = false;
	};
	const draw = () => {
		if (!status) return;
		const mark = spinner[frame % spinner.length] ?? "";
		// the last column stays free: some terminals would begin a new line
		const whole = status();
		const text = cut(whole, (output.columns ?? 80) - mark.length - 2, style);
		erase();
		if (reason && !reason.told && text !== whole && Date.now() - reason.since >= LASTS_MS) {
			reason.told = true;
			const lines = wrap(`waiting: ${reason.text}`, (output.columns ?? 80) - 4);
			output.write(lines.map((line, index) => `${index === 0 ? "  " : "    "}${style.dim(line)}\n`).join(""));
		}
		output.write(`${style.cyan(mark)} ${text}`);
		drawn = true;
	};
	const timer = setInterval(() => {
		frame++;
		draw();
	}, REDRAW_MS);
	timer.unref();
	process.once("exit", erase);
	return {
		line: (text) => {
			erase();
			output.write(`${text}\n`);
			draw();
		},
		now: (next, why) => {
			status = next;
			if (why === undefined) reason = undefined;
			else if (reason === undefined || !isAlike(reason.text, why))
				reason = { text: why, since: Date.now(), told: false };
			else reason.text = why;
			if (next) draw();
			else erase();
		},
		close: () => {
			clearInterval(timer);
			status = undefined;
			erase();
			process.off("exit", erase);
		},
	};
}

/** Counts and times change all the while. */
const isAlike = (a: string, b: string): boolean => a.replaceAll(/\d+/g, "0") === b.replaceAll(/\d+/g, "0");

function lineTicker(output: Output): Ticker {
	let status: (() => string) | undefined;
	let told = Date.now();
	const line = (text: string) => {
		told = Date.now();
		output.write(`${text}\n`);
	};
	const timer = setInterval(() => {
		if (status && Date.now() - told >= HEARTBEAT_MS) line(status());
	}, 1000);
	timer.unref();
	return {
		line,
		now: (next) => {
			status = next;
		},
		close: () => clearInterval(timer),
	};
}
