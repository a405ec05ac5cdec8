import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { timeLimit } from "../time-limit.ts";
import { withLock } from "./lock.ts";

const name = (test: string) => `lock.test ${process.pid} ${test}`;

describe("withLock", () => {
	it("lets one in at a time", async () => {
		let inside = 0;
		let most = 0;
		const visit = () =>
			withLock(name("one"), async () => {
				most = Math.max(most, ++inside);
				await new Promise((resolve) => setTimeout(resolve, 5));
				inside--;
			});
		await Promise.all([visit(), visit(), visit(), visit()]);
		expect(most).toBe(1);
	});

	it("is given back when its work throws", async () => {
		const failing = withLock(name("throws"), async () => {
			throw new Error("no");
		});
		await expect(failing).rejects.toThrow("no");
		expect(await withLock(name("throws"), async () => 7)).toBe(7);
	});

	it("is given back when its holder is killed", async () => {
		const lock = buildSync({
			entryPoints: [fileURLToPath(new URL("./lock.ts", import.meta.url))],
			format: "esm",
			platform: "node",
			write: false,
		}).outputFiles[0]?.text;
		const script = `${lock}
			await withLock(${JSON.stringify(name("killed"))}, async () => {
				process.stdout.write("held");
				await new Promise((resolve) => setTimeout(resolve, 60_000));
			});`;
		const holder = spawn(process.execPath, ["--input-type=module", "-e", script], {
			stdio: ["ignore", "pipe", "inherit"],
		});
		await once(holder.stdout, "data");
		let entered = false;
		const waiting = withLock(name("killed"), async () => {
			entered = true;
		});
		await new Promise((resolve) => setTimeout(resolve, 30));
		expect(entered).toBe(false);
		holder.kill("SIGKILL");
		await waiting;
		expect(entered).toBe(true);
	});

	it("stops waiting when it is told to", async () => {
		let release = () => {};
		const holding = withLock(name("abort"), () => new Promise<void>((resolve) => (release = resolve)));
		await expect(withLock(name("abort"), async () => 1, timeLimit(20))).rejects.toThrow();
		release();
		await holding;
	});
});
