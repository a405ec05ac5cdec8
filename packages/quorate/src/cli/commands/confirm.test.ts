import { describe, expect, it } from "vitest";
import { parseGlobals } from "../options/globals.ts";
import { memoryTerminal } from "../testing/memory-terminal.ts";
import { confirm } from "./confirm.ts";

const QUESTION = "Scale mayastor/mayastor-etcd to 4 members?";

async function asked(typed: string) {
	const terminal = memoryTerminal({ columns: 80, typed, env: { NO_COLOR: "1" } });
	const agreed = await confirm({ terminal, globals: parseGlobals({}), name: "quorate" }, QUESTION).then(
		() => true,
		(error: { code: string }) => error.code,
	);
	return { agreed, printed: terminal.written.stdout };
}

describe("the confirmation", () => {
	it.each([
		["y\n", true],
		["YES\n", true],
		["n\n", "Declined"],
		["no\n", "Declined"],
		["\n", "Declined"],
		["", "Declined"],
	])("takes %j for an answer", async (typed, agreed) => {
		const found = await asked(typed);
		expect(found.agreed).toBe(agreed);
		expect(found.printed.match(/\[y\/N\]/g)).toHaveLength(1);
		expect(found.printed).toContain(QUESTION);
	});

	it.each([
		["maybe\nyep\ny\n", true],
		["maybe\nnope\nn\n", "Declined"],
	])("asks again after %j, which is none", async (typed, agreed) => {
		const found = await asked(typed);
		expect(found.agreed).toBe(agreed);
		expect(found.printed.match(/\[y\/N\]/g)).toHaveLength(3);
	});
});
