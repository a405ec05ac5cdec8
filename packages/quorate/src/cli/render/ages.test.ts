import { expect, it } from "vitest";
import { QuorateError } from "../../errors.ts";
import { plainStyle } from "../testing/plain-style.ts";
import { withAges } from "./ages.ts";
import { errorText } from "./error-text.ts";

const now = Date.parse("2026-11-21T10:05:00Z");

it.each([
	["its node node-3 is not Ready since 2026-11-21T10:00:00Z", "its node node-3 is not Ready for 5m"],
	["a, pid 1 is at work since 2026-11-21T10:04:20Z (scaling)", "a, pid 1 is at work for 40s (scaling)"],
	["the run begun 2026-11-21T08:00:00.123Z has 7 keys", "the run begun 2h ago has 7 keys"],
	["quorate validate on 2026-11-21T08:00:00Z recorded", "quorate validate on 2026-11-21T08:00:00Z recorded"],
	["since yesterday", "since yesterday"],
])("%s", (text, expected) => expect(withAges(text, now)).toBe(expected));

it("is what an error shows, and not what it holds", () => {
	const since = new Date(Date.now() - 3_600_000 * 5).toISOString();
	const error = new QuorateError("TimedOut", { operation: "waiting", message: `not Ready since ${since}` });
	expect(errorText(error, plainStyle())[0]).toBe("error: not Ready for 5h");
	expect(error.toJSON().message).toContain(since);
});
