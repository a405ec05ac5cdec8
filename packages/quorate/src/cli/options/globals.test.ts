import { describe, expect, it } from "vitest";
import { parseGlobals } from "./globals.ts";

describe("the flags of every command", () => {
	it("have defaults", () => expect(parseGlobals({})).toEqual({ output: "table", verbosity: 0, color: true }));

	it("are understood", () =>
		expect(
			parseGlobals({
				kubeconfig: "/k",
				context: "c",
				namespace: "n",
				output: "yaml",
				requestTimeout: "0",
				v: "6",
				color: false,
			}),
		).toEqual({
			kubeconfig: "/k",
			context: "c",
			namespace: "n",
			output: "yaml",
			requestTimeoutMs: 0,
			verbosity: 6,
			color: false,
		}));

	it.each([
		[{ output: "xml" }, "reading --output"],
		[{ requestTimeout: "soon" }, "reading --request-timeout"],
		[{ v: "much" }, "reading --v"],
		[{ v: "-1" }, "reading --v"],
		[{ namespace: "a/b" }, "reading --namespace"],
		[{ namespace: "A" }, "reading --namespace"],
	])("%j is refused", (raw, operation) =>
		expect(() => parseGlobals(raw)).toThrow(expect.objectContaining({ code: "Usage", operation })),
	);
});
