import { describe, expect, it } from "vitest";
import { memoryTerminal } from "../testing/memory-terminal.ts";
import { columnsOf, cut, styleFor, wrap, wrapProse } from "./style.ts";

const red = (options: Parameters<typeof memoryTerminal>[0], wanted = true) => {
	const terminal = memoryTerminal(options);
	return styleFor(terminal.stdout, terminal.env, wanted).red("x");
};

describe("colours", () => {
	it("are for terminals", () => {
		expect(red({ columns: 80 })).toBe("\u001b[31mx\u001b[39m");
		expect(red({})).toBe("x");
		expect(red({ columns: 80, env: { TERM: "dumb" } })).toBe("x");
	});

	it("obey NO_COLOR, FORCE_COLOR and --no-color, in this order of strength", () => {
		expect(red({ columns: 80, env: { NO_COLOR: "1" } })).toBe("x");
		expect(red({ env: { FORCE_COLOR: "1" } })).not.toBe("x");
		expect(red({ columns: 80, env: { FORCE_COLOR: "0" } })).toBe("x");
		expect(red({ env: { FORCE_COLOR: "1", NO_COLOR: "1" } })).toBe("x");
		expect(red({ env: { FORCE_COLOR: "1" } }, false)).toBe("x");
	});
});

describe("symbols", () => {
	it("are ASCII unless the locale has more", () => {
		const pass = (env: Record<string, string>) => styleFor(memoryTerminal({}).stdout, env).symbols.pass;
		expect(pass({ LANG: "en_US.UTF-8" })).toBe("√");
		expect(pass({ LANG: "C.utf8" })).toBe("√");
		expect(pass({ LANG: "en_US.UTF-8", LC_ALL: "C" })).toBe("ok");
		expect(pass({})).toBe("ok");
	});
});

describe("text", () => {
	const style = styleFor(memoryTerminal({}).stdout, { LANG: "C.UTF-8" });

	it("is measured without its colours", () => expect(columnsOf("\u001b[31mabc\u001b[39m")).toBe(3));

	it("is cut to columns", () => {
		expect(cut("abcdef", 6, style)).toBe("abcdef");
		expect(cut("abcdef", 4, style)).toBe("abc…");
		expect(cut("abcdef", 1, style)).toBe("a");
		expect(cut("abcdef", 0, style)).toBe("");
	});

	it("keeps commands whole", () =>
		expect(wrapProse("one two three\nsee: kubectl get sts", 7)).toEqual(["one two", "three", "see: kubectl get sts"]));

	it("is wrapped at spaces, with long words whole", () => {
		expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
		expect(wrap("a veryverylong b", 5)).toEqual(["a", "veryverylong", "b"]);
		expect(wrap("a b", Number.POSITIVE_INFINITY)).toEqual(["a b"]);
	});
});
