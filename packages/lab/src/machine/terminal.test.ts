import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellQuote } from "./terminal.ts";

test.each(["plain", "two words", "it's", '$HOME `id` \\ "x"', "", "a\nb", "''", "-n"])(
	"a shell takes %j as one word",
	(word) => {
		expect(execFileSync("sh", ["-c", `printf %s ${shellQuote(word)}`], { encoding: "utf8" })).toBe(word);
	},
);
