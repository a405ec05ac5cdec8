import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Progress } from "../progress.ts";
import { type DownloadOptions, download } from "./download.ts";

const content = randomBytes(300_000);
const sha256 = createHash("sha256").update(content).digest("hex");

let folder: string;
let server: Server;
let url: string;
let requests: (string | undefined)[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate download "));
	requests = [];
	server = createServer((request, response) => {
		requests.push(request.headers.range);
		answer(request, response);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.tar.gz`;
});

afterEach(async () => {
	server.closeAllConnections();
	server.close();
	await rm(folder, { recursive: true });
});

/** Serves `bytes`, from the range asked for, but not more than `most` of it before the connection is cut. */
function serve(bytes: Buffer, most = Number.POSITIVE_INFINITY): typeof answer {
	return (request, response) => {
		const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
		if (from >= bytes.length) return response.writeHead(416).end();
		const range = from > 0 ? { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {};
		response.writeHead(from > 0 ? 206 : 200, { "content-length": bytes.length - from, ...range });
		const part = bytes.subarray(from, Math.min(bytes.length, from + most));
		response.write(part, () => (from + part.length === bytes.length ? response.end() : response.destroy()));
	};
}

const options = (more: Partial<DownloadOptions> = {}): DownloadOptions => ({
	url,
	file: join(folder, "a b", "file.part"),
	sha256,
	what: "the file",
	...more,
});

describe("download", () => {
	it("brings the whole file and tells how far it is", async () => {
		answer = serve(content);
		const seen: Progress[] = [];
		await download(options({ onProgress: (progress) => seen.push(progress) }));
		expect((await readFile(options().file)).equals(content)).toBe(true);
		expect(seen.at(-1)).toEqual({ type: "download", what: "the file", url, received: 300_000, total: 300_000 });
	});

	it("goes on where a connection was cut", async () => {
		answer = serve(content, 100_000);
		await download(options());
		expect((await readFile(options().file)).equals(content)).toBe(true);
		expect(requests).toEqual([undefined, "bytes=100000-", "bytes=200000-"]);
	});

	it("keeps what has come when it is cut too often, and the next run goes on from there", async () => {
		answer = serve(content, 100_000);
		await expect(download(options({ resumes: 0 }))).rejects.toMatchObject({
			code: "DownloadFailed",
			state: expect.stringContaining("100000 bytes are kept"),
		});
		answer = serve(content);
		await download(options());
		expect(requests).toEqual([undefined, "bytes=100000-"]);
	});

	it("gives up on a mirror that always cuts, and has something else", async () => {
		answer = serve(Buffer.alloc(content.length, "not it"), 200_000);
		await expect(download(options())).rejects.toMatchObject({ code: "ChecksumMismatch" });
		expect(existsSync(options().file)).toBe(false);
		// the whole of it is asked for once
		expect(requests.filter((range) => range === undefined)).toHaveLength(1);
		expect(requests.length).toBeGreaterThan(1);
	});

	it("starts over with a server that knows no ranges", async () => {
		answer = (_, response) => response.writeHead(200, { "content-length": content.length }).end(content);
		await download(options()).then(() => rm(options().file));
		await writeFile(options().file, content.subarray(0, 1000));
		await download(options());
		expect((await readFile(options().file)).equals(content)).toBe(true);
	});

	it("takes up what another run has finished", async () => {
		answer = serve(content);
		await download(options());
		await download(options());
		expect(requests).toEqual([undefined, "bytes=300000-"]);
	});

	it("tries the whole once when the beginning that was there is not this file's", async () => {
		answer = serve(content);
		await download(options()).then(() => writeFile(options().file, "something else"));
		await download(options());
		expect((await readFile(options().file)).equals(content)).toBe(true);
	});

	it("refuses another file than the published one, and keeps nothing of it", async () => {
		answer = serve(Buffer.from("not it"));
		await expect(download(options())).rejects.toMatchObject({ code: "ChecksumMismatch" });
		expect(existsSync(options().file)).toBe(false);
	});

	it.each([404, 500, 403])("says so when the server answers %i", async (status) => {
		answer = (_, response) => response.writeHead(status).end();
		await expect(download(options())).rejects.toMatchObject({
			code: "DownloadFailed",
			message: expect.stringContaining(`answered ${status}`),
		});
		expect(requests).toHaveLength(1);
	});

	it("says so when nobody listens", async () => {
		server.close();
		await expect(download(options())).rejects.toMatchObject({
			code: "DownloadFailed",
			message: expect.stringContaining("ECONNREFUSED"),
		});
	});

	it.each([
		["before it answers", () => undefined],
		["in the middle", (_: IncomingMessage, response: ServerResponse) => response.write("beginning")],
	])("gives up on a server that goes silent %s", async (_, silent) => {
		answer = silent;
		await expect(download(options({ stallTimeout: 50 }))).rejects.toMatchObject({
			code: "DownloadFailed",
			message: expect.stringContaining("silent"),
		});
	});

	it("stops when it is told to", async () => {
		const controller = new AbortController();
		answer = () => controller.abort(new Error("enough"));
		await expect(download(options({ signal: controller.signal }))).rejects.toThrow("enough");
	});
});
