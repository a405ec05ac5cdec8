import { describe, expect, it } from "vitest";
import { styleFor } from "../render/style.ts";
import { memoryTerminal } from "../testing/memory-terminal.ts";
import { createTicker } from "./ticker.ts";

function written(columns: number | undefined, plain = false, env: Record<string, string> = {}) {
	const terminal = memoryTerminal({ ...(columns === undefined ? {} : { columns }), env: { NO_COLOR: "1", ...env } });
	const ticker = createTicker(terminal.stdout, styleFor(terminal.stdout, terminal.env), plain);
	ticker.line("first");
	ticker.now(() => "what goes on now is a long story");
	ticker.line("second");
	ticker.close();
	return terminal.written.stdout;
}

describe("a ticker", () => {
	it("writes lines alone where there is no terminal", () => expect(written(undefined)).toBe("first\nsecond\n"));

	it("writes lines alone on a terminal, too, where that is wanted", () =>
		expect(written(80, true)).toBe("first\nsecond\n"));

	it("writes no escapes on a terminal that does not understand them", () =>
		expect(written(80, false, { TERM: "dumb" })).toBe("first\nsecond\n"));

	it("keeps one line alive below the others, never wider than the terminal, and leaves nothing of it", () => {
		const erase = "\r\u001b[2K";
		expect(written(20)).toBe(`first\n⠋ what goes on now…${erase}second\n⠋ what goes on now…${erase}`);
	});
});
