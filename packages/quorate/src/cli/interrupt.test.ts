import { expect, it, onTestFinished, vi } from "vitest";
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

it.each([
	["SIGINT", [130]],
	["SIGTERM", [143]],
	["SIGHUP", []],
] as const)(
	"ends at once at a second signal, but not where a terminal is closed: %s, exit codes %j",
	(signal, codes) => {
		const exit = vi.spyOn(process, "exit").mockImplementation((() => {}) as () => never);
		const stopped = vi.fn();
		const interrupt = catchInterrupt(stopped);
		onTestFinished(() => {
			exit.mockRestore();
			interrupt.release();
		});
		raise("SIGHUP");
		raise(signal);
		expect(exit.mock.calls.flat()).toEqual(codes);
		expect(stopped).toHaveBeenCalledOnce();
	},
);

it("leaves all signals to the system again", () => {
	const count = () => (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => process.listenerCount(signal));
	const before = count();
	const interrupt = catchInterrupt(() => {});
	expect(count()).toEqual(before.map((one) => one + 1));
	interrupt.release();
	expect(count()).toEqual(before);
});
