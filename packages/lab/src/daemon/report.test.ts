import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { Report } from "./report.ts";

/** A process that sends these messages and ends at once. */
function say(...messages: object[]) {
	const script = `for (const message of ${JSON.stringify(messages)}) process.send(message); process.exit(1)`;
	return spawn(process.execPath, ["-e", script], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

function all(report: Report): Promise<unknown[]> {
	const heard: unknown[] = [];
	return new Promise((resolve) => {
		report.follow((message) => {
			heard.push(message);
			if (message === "ended") resolve(heard);
		});
	});
}

describe("Report", () => {
	it("has all that was said, though its process has ended before anybody listened", async () => {
		const child = say({ type: "started" }, { type: "ready" });
		const report = new Report(child);
		await once(child, "close");
		expect(await all(report)).toEqual([{ type: "started" }, { type: "ready" }, "ended"]);
		expect(await all(report)).toHaveLength(3);
	});

	it("tells the end after the last word", async () => {
		expect((await all(new Report(say({ type: "started" })))).at(-1)).toBe("ended");
	});

	it("ends where there was no process to begin with", async () => {
		expect(await all(new Report(spawn("/nowhere", { stdio: ["ignore", "ignore", "ignore", "ipc"] })))).toContain(
			"ended",
		);
	});
});
