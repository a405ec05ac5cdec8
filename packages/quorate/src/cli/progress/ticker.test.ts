import { describe, expect, it, onTestFinished, vi } from "vitest";
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

	it("tells a reason that the line has no room for once, whole, when it lasts", () => {
		vi.useFakeTimers();
		onTestFinished(() => void vi.useRealTimers());
		const terminal = memoryTerminal({ columns: 40, env: { NO_COLOR: "1" } });
		const ticker = createTicker(terminal.stdout, styleFor(terminal.stdout, terminal.env));
		const wait = (reason: string) => ticker.now(() => `1/6 · waiting 10s of 3m00s · ${reason}`, reason);
		const pull = (seconds: number) => `etcd-2 does not answer (pod etcd-2: ImagePullBackOff, again in ${seconds} s)`;
		const stays = () =>
			terminal.written.stdout
				.split("\n")
				.slice(0, -1)
				.map((line) => line.split("\u001b[2K").at(-1));
		wait(pull(40));
		vi.advanceTimersByTime(900);
		expect(stays()).toEqual([]);
		wait(pull(39));
		vi.advanceTimersByTime(60_000);
		const told = ["  waiting: etcd-2 does not answer (pod", "    etcd-2: ImagePullBackOff, again in", "    39 s)"];
		expect(stays()).toEqual(told);
		wait("short");
		vi.advanceTimersByTime(2000);
		expect(stays()).toEqual(told);
		wait(pull(1).replace("ImagePullBackOff", "CrashLoopBackOff"));
		vi.advanceTimersByTime(2000);
		expect(stays()).toHaveLength(6);
		ticker.close();
	});

	it("keeps one line alive below the others, never wider than the terminal, and leaves nothing of it", () => {
		const erase = "\r\u001b[2K";
		expect(written(20)).toBe(`first\n⠋ what goes on now…${erase}second\n⠋ what goes on now…${erase}`);
	});
});
