import { expect, it } from "vitest";
import { parse } from "yaml";
import { harmless } from "./harmless.ts";
import { toYaml } from "./json/yaml.ts";

it.each([
	["\u001b[31merror:\u001b[39m \u001b[1mx\u001b[22m", "\u001b[31merror:\u001b[39m \u001b[1mx\u001b[22m"],
	["a\nb\tc √ ⠋ é 漢", "a\nb\tc √ ⠋ é 漢"],
	["x\u001b[2K\rquorum is fine", "x\\u001b[2K\\u000dquorum is fine"],
	["\u001b]0;title\u0007", "\\u001b]0;title\\u0007"],
	["\u001b]8;;http://x\u001b\\click", "\\u001b]8;;http://x\\u001b\\click"],
	["\u009b2J\u007f", "\\u009b2J\\u007f"],
	["\u001b[8mhidden", "\\u001b[8mhidden"],
	["\u202eesrever\u2066", "\\u202eesrever\\u2066"],
])("%j becomes %j", (text, shown) => expect(harmless(text)).toBe(shown));

it("leaves a JSON or a YAML text the same document", () => {
	const value = { holder: "a\u001b[2K\u009b\u202e\n", c1: "\u009b" };
	expect(JSON.parse(harmless(JSON.stringify(value)))).toEqual(value);
	expect(parse(harmless(toYaml(value)))).toEqual(value);
});
