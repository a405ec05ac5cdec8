import { appendFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LogOptions } from "../api/api.ts";
import { LogFile } from "./log-file.ts";
import { readLog } from "./log-reader.ts";

let folder = "";
let count = 0;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "logs-"));
});
afterAll(() => rm(folder, { recursive: true }));
const newPath = () => join(folder, `${++count}.log`);

const forever = new AbortController().signal;

async function read(path: string, options: LogOptions = {}, live?: LogFile, signal = forever): Promise<string> {
	let text = "";
	for await (const bytes of readLog(path, live, options, signal)) text += Buffer.from(bytes).toString();
	return text;
}

/** A log that was written by a container which printed `text`. */
async function written(text: string): Promise<LogFile> {
	const log = new LogFile(newPath());
	const stream = new PassThrough();
	const taken = log.take("stdout", stream);
	stream.end(text);
	await taken;
	await log.end();
	return log;
}

test("what was printed is what is read, to the byte", async () => {
	for (const text of ["a\nb\n", "no newline", "\n\n", "", `${"x".repeat(40_000)}\ny\n`, "päß\n€"]) {
		expect(await read((await written(text)).path)).toBe(text);
	}
});

test("lines are stamped as they come", async () => {
	const { path } = await written("a\nb\n");
	const lines = (await read(path, { timestamps: true })).trimEnd().split("\n");
	expect(lines).toEqual([
		expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z a$/),
		expect.stringMatching(/Z b$/),
	]);
	expect([...lines].sort()).toEqual(lines);
});

describe("a part of it", () => {
	const line = (second: number, text: string) => `2030-01-01T00:00:0${second}.000000000Z stdout F ${text}\n`;
	const path = () => join(folder, "part.log");
	beforeAll(() => writeFile(path(), [1, 2, 3, 4, 5].map((n) => line(n, `line ${n}`)).join("")));

	test.each<[LogOptions, string]>([
		[{ tailLines: 2 }, "line 4\nline 5\n"],
		[{ tailLines: 0 }, ""],
		[{ tailLines: 99 }, "line 1\nline 2\nline 3\nline 4\nline 5\n"],
		[{ sinceTime: "2030-01-01T00:00:04Z" }, "line 4\nline 5\n"],
		[{ sinceTime: "2030-01-01T00:00:04Z", tailLines: 1 }, "line 5\n"],
		[{ limitBytes: 9 }, "line 1\nli"],
		[{ tailLines: 1, timestamps: true }, "2030-01-01T00:00:05.000000000Z line 5\n"],
	])("%j", async (options, expected) => {
		expect(await read(path(), options)).toBe(expected);
	});

	test("sinceSeconds counts from now", async () => {
		const { path } = await written("new\n");
		const rest = line(1, "far ahead");
		await appendFile(path, rest);
		expect(await read(path, { sinceSeconds: 3600 })).toBe("new\nfar ahead\n");
	});

	test("the tail of a log that is larger than a block", async () => {
		const { path } = await written(Array.from({ length: 20_000 }, (_, n) => `line ${n}\n`).join(""));
		const lines = (await read(path, { tailLines: 10_000 })).trimEnd().split("\n");
		expect([lines.length, lines[0], lines.at(-1)]).toEqual([10_000, "line 10000", "line 19999"]);
	});
});

test("a log that is not there is empty", async () => {
	expect(await read(join(folder, "none.log"))).toBe("");
});

describe("followed", () => {
	test("until the container has ended", async () => {
		const log = new LogFile(newPath());
		const stream = new PassThrough();
		const taken = log.take("stderr", stream);
		const reading = read(log.path, { follow: true }, log);
		for (const text of ["one\n", "two\n", "three\n"]) {
			stream.write(text);
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
		stream.end();
		await taken;
		await log.end();
		expect(await reading).toBe("one\ntwo\nthree\n");
	});

	test("until the reader has enough", async () => {
		const log = new LogFile(newPath());
		const enough = new AbortController();
		const reading = read(log.path, { follow: true }, log, enough.signal);
		await new Promise((resolve) => setTimeout(resolve, 5));
		enough.abort();
		expect(await reading).toBe("");
		await log.end();
	});

	test("over the file's being put aside", async () => {
		const path = newPath();
		const log = new LogFile(path);
		const line = (text: string) => `2030-01-01T00:00:00.000000000Z stdout F ${text}\n`;
		await writeFile(path, line("old"));
		let seen = "";
		const reading = (async () => {
			for await (const bytes of readLog(path, log, { follow: true }, forever)) seen += Buffer.from(bytes).toString();
		})();
		await expect.poll(() => seen).toBe("old\n");
		await rename(path, `${path}.1`);
		await writeFile(path, line("new"));
		log.emit("change");
		await expect.poll(() => seen).toBe("old\nnew\n");
		await log.end();
		await reading;
	});

	test("stays bounded: 10 MiB, and as much put aside", async () => {
		const { path } = await written(`${"x".repeat(1000)}\n`.repeat(25_000));
		const text = await read(path);
		expect(text.length).toBeLessThan(10.2 * 1024 * 1024);
		expect(text.length).toBeGreaterThan(0);
	});
});
