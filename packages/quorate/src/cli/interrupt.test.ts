import { expect, it } from "vitest";
import { interruptedBy } from "../interruption.ts";
import { catchInterrupt, readerGone } from "./interrupt.ts";

/** As if the process got that signal, for the listener that came last. */
const raise = (signal: NodeJS.Signals) => process.listeners(signal).at(-1)?.(signal);

it.each([
	["SIGINT", "interrupted (Ctrl-C)"],
	["SIGTERM", "interrupted (SIGTERM)"],
	["SIGHUP", "interrupted (SIGHUP)"],
] as const)("says that it was %s", (signal, message) => {
	const interrupt = catchInterrupt(() => {});
	raise(signal);
	interrupt.release();
	expect(interruptedBy(interrupt.signal)).toBe(message);
});

it("says that nobody reads the output any more", () => {
	const interrupt = catchInterrupt(() => {});
	readerGone();
	interrupt.release();
	expect(interruptedBy(interrupt.signal)).toBe("interrupted (its output was closed)");
});
