import { expect, test } from "vitest";
import { Deadline } from "./deadline.ts";

const never = new Promise<void>(() => {});

test("an event that comes first wins", async () => {
	expect(await new Deadline(Date.now() + 60_000).beats(Promise.resolve())).toBe(true);
});

test("a moment that is past wins over an event that never comes", async () => {
	expect(await new Deadline(Date.now() - 1).beats(never)).toBe(false);
});

test("brought forward while it is waited for", async () => {
	const deadline = new Deadline(Date.now() + 3_600_000);
	const waiting = deadline.beats(never);
	deadline.shorten(Date.now() + 1);
	expect(await waiting).toBe(false);
});

test("is never put off", () => {
	const deadline = new Deadline(1000);
	deadline.shorten(2000);
	expect(deadline.at).toBe(1000);
});
