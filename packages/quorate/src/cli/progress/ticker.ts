import { cut, type Style } from "../render/style.ts";
import type { Output } from "../terminal.ts";

/** Tells what goes on: on a terminal by one line that lives below those that stay, elsewhere by lines alone. */
export interface Ticker {
	/** a line that stays */
	line(text: string): void;
	/** what goes on now, asked for whenever it is told; undefined: nothing */
	now(status: (() => string) | undefined): void;
	close(): void;
}

const REDRAW_MS = 100;
const HEARTBEAT_MS = 10_000;

/** `plain`: no line that lives, be it a terminal or not. */
export function createTicker(output: Output, style: Style, plain = false): Ticker {
	return style.redraws && !plain ? liveTicker(output, style) : lineTicker(output);
}

function liveTicker(output: Output, style: Style): Ticker {
	const { spinner } = style.symbols;
	let status: (() => string) | undefined;
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
		const text = cut(status(), (output.columns ?? 80) - mark.length - 2, style);
		erase();
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
		now: (next) => {
			status = next;
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
