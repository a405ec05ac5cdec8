import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rm, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { LabError } from "../lab-error.ts";
import type { Running } from "../progress.ts";

export interface DownloadOptions extends Running {
	url: string;
	/** Where it goes. What is there already is taken for the beginning of it, and the rest asked for. */
	file: string;
	/** hex */
	sha256: string;
	/** as it is called in progress and errors: "etcd 3.6.14" */
	what: string;
	/** Longest silence of the server, in milliseconds. @default 20000 */
	stallTimeout?: number;
	/** How often a connection that was cut half-way is taken up again. @default 3 */
	resumes?: number;
}

/**
 * Fetches `url` into `file` and verifies it: after this the file is whole and the one that was published.
 * Throws LabError DownloadFailed (what has arrived stays for the next try) or ChecksumMismatch (nothing stays).
 */
export async function download(options: DownloadOptions): Promise<void> {
	const { file, sha256, what, url } = options;
	await mkdir(dirname(file), { recursive: true });
	// of an earlier run
	const begun = (await sizeOf(file)) > 0;
	let resumed = false;
	for (let cuts = 0; ; cuts++) {
		const outcome = await receive(options);
		resumed ||= outcome.resumed;
		if (outcome.cut === undefined) break;
		if (cuts === (options.resumes ?? 3)) throw failure(options, "was cut off", await sizeOf(file), outcome.cut);
	}
	const actual = await sha256Of(file);
	if (actual === sha256) return;
	await rm(file, { force: true });
	// What an earlier run left may have been something else; the whole of it gets its chance, once.
	if (begun && resumed) return download(options);
	throw new LabError("ChecksumMismatch", {
		operation: `fetching ${what}`,
		message: `the SHA-256 of ${url} is ${actual}, not ${sha256} as published`,
		state: "the file has been thrown away; nothing of it was unpacked",
		hint: "a proxy or a mirror may have changed it: try another network, or put etcd into a folder yourself and name it with QUORATE_ETCD",
	});
}

interface Outcome {
	resumed: boolean;
	/** why the connection ended before the file did */
	cut?: unknown;
}

async function receive(options: DownloadOptions): Promise<Outcome> {
	const { url, file, what, signal } = options;
	const had = await sizeOf(file);
	const stalled = new AbortController();
	const watchdog = setTimeout(() => stalled.abort(new Error("the server went silent")), options.stallTimeout ?? 20_000);
	const either = signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal;
	try {
		const headers = { "accept-encoding": "identity", ...(had > 0 ? { range: `bytes=${had}-` } : {}) };
		let response: Response;
		try {
			response = await fetch(url, { headers, signal: either });
		} catch (cause) {
			signal?.throwIfAborted();
			throw failure(options, reason(cause), had, cause);
		}
		// Nothing is left to ask for: either all of it is here, or it is not the beginning of this file.
		if (response.status === 416 && had > 0) return { resumed: true };
		if (!response.ok || !response.body)
			throw failure(options, `answered ${response.status} ${response.statusText}`, had);
		const resumed =
			response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${had}-`) === true;
		if (response.status === 206 && !resumed) {
			throw failure(
				options,
				`answered another range than bytes ${had}- (${response.headers.get("content-range")})`,
				had,
			);
		}
		let received = resumed ? had : 0;
		const length = response.headers.get("content-length");
		const total = length === null ? undefined : received + Number(length);
		const target = await open(file, resumed ? "a" : "w");
		try {
			for await (const chunk of response.body) {
				await target.appendFile(chunk);
				received += chunk.length;
				watchdog.refresh();
				options.onProgress?.({ type: "download", what, url, received, total });
			}
			if (total !== undefined && received !== total) throw new Error(`${received} of ${total} bytes arrived`);
		} catch (cause) {
			signal?.throwIfAborted();
			if (stalled.signal.aborted) throw failure(options, "went silent", received, cause);
			return { resumed, cut: cause };
		} finally {
			await target.close();
		}
		return { resumed };
	} finally {
		clearTimeout(watchdog);
	}
}

function failure(options: DownloadOptions, went: string, kept: number, cause?: unknown): LabError {
	return new LabError("DownloadFailed", {
		operation: `fetching ${options.what}`,
		message: `${options.url} ${went}`,
		...(kept > 0
			? { state: `${kept} bytes are kept in ${basename(options.file)}; the next try goes on from there` }
			: {}),
		cause,
	});
}

/** fetch says "fetch failed" and keeps the reason in the cause. */
function reason(error: unknown): string {
	const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	return `could not be reached: ${cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : cause}`;
}

async function sizeOf(file: string): Promise<number> {
	return (await stat(file).catch(() => undefined))?.size ?? 0;
}

export async function sha256Of(file: string): Promise<string> {
	const hash = createHash("sha256");
	await pipeline(createReadStream(file), hash);
	return hash.digest("hex");
}
