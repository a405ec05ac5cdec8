import { randomBytes } from "node:crypto";
import { type FileHandle, link, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { QuorateError } from "../../errors.ts";
import { interruptedBy } from "../../interruption.ts";
import { EtcdError, type MemberClient } from "../member-client.ts";
import { fileTrouble } from "./file-trouble.ts";
import { readDatabase } from "./read.ts";
import { exists } from "./snapshot-place.ts";
import { TrailerCheck } from "./snapshot-trailer.ts";

export interface SavedSnapshot {
	/** absolute */
	path: string;
	/** bytes of the file */
	size: number;
	/** hex, of the database, which is all but the file's last 32 bytes */
	sha256: string;
	/** the newest revision in it */
	revision: bigint;
	/** live keys at that revision */
	keys: number;
	/** etcd's storage version as the member told; "" before 3.6 */
	version: string;
}

export interface SaveSnapshotOptions {
	signal?: AbortSignal;
	/** `total`: as far as the member says, with the checksum left aside */
	onProgress?: (progress: { bytes: number; total: number }) => void;
}

/**
 * Streams a member's database into a file (mode 0600), verifies it by its checksum and by reading it, and only then gives it its name. Nothing is ever
 * overwritten, and nothing is left when it fails or is aborted.
 * @throws QuorateError FileExists, SnapshotFailed, Stopped
 */
export async function saveSnapshot(
	client: Pick<MemberClient, "snapshot">,
	path: string,
	options: SaveSnapshotOptions = {},
): Promise<SavedSnapshot> {
	const target = resolve(path);
	const operation = `saving a snapshot to ${target}`;
	const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.part`);
	try {
		if (await exists(target)) {
			throw fileExists(operation);
		}
		const file = await open(temporary, "wx", 0o600);
		try {
			const received = await receive(client, file, options);
			const { info } = await readDatabase(temporary, received.size, received.sha256, options.signal);
			options.signal?.throwIfAborted();
			await giveName(temporary, target, operation);
			return { path: target, ...received, revision: info.revision, keys: info.keys };
		} finally {
			await file.close();
			await rm(temporary, { force: true });
		}
	} catch (error) {
		throw asFailure(error, operation, target, options.signal);
	}
}

async function receive(client: Pick<MemberClient, "snapshot">, file: FileHandle, options: SaveSnapshotOptions) {
	const check = new TrailerCheck();
	let version = "";
	for await (const part of client.snapshot(options.signal ? { signal: options.signal } : {})) {
		check.update(part.chunk);
		version = part.version || version;
		for (let written = 0; written < part.chunk.length; ) {
			written += (await file.write(part.chunk, written)).bytesWritten;
		}
		options.onProgress?.({ bytes: check.size, total: check.size + Number(part.remainingBytes) });
	}
	const { sha256, wrong } = check.finish();
	if (wrong) {
		throw new Error(`what arrived is not whole: ${wrong}`);
	}
	await file.sync();
	return { size: check.size, sha256, version };
}

function hasCode(error: unknown, ...codes: string[]): boolean {
	return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** Unlike rename alone, this never replaces a file that came into being meanwhile. */
async function giveName(temporary: string, target: string, operation: string): Promise<void> {
	try {
		await link(temporary, target);
	} catch (error) {
		if (hasCode(error, "EEXIST")) {
			throw fileExists(operation);
		}
		// Not every file system has hard links: take the name by an empty file, then replace that.
		if (!hasCode(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK")) {
			throw error;
		}
		const placeholder = await open(target, "wx", 0o600).catch((cause) => {
			throw hasCode(cause, "EEXIST") ? fileExists(operation) : cause;
		});
		await placeholder.close();
		await rename(temporary, target).catch((cause) => takeBack(target, cause));
	}
	await syncFolder(dirname(target)).catch((cause) => takeBack(target, cause));
}

/** The name was ours, so nothing of anybody else's goes with it. */
async function takeBack(target: string, cause: unknown): Promise<never> {
	await rm(target, { force: true });
	throw cause;
}

/** So that the name outlives a power cut. Not every file system, nor every folder's mode, lets a folder be opened for that. */
async function syncFolder(path: string): Promise<void> {
	try {
		const folder = await open(path, "r");
		await folder.sync().finally(() => folder.close());
	} catch (error) {
		if (!hasCode(error, "EACCES", "EPERM", "EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS")) throw error;
	}
}

function fileExists(operation: string): QuorateError {
	return new QuorateError("FileExists", {
		operation,
		message: "there is a file of that name already",
		state: "the file was left as it was",
		hint: "choose another name",
	});
}

function asFailure(error: unknown, operation: string, target: string, signal: AbortSignal | undefined): QuorateError {
	const state = "no file was left behind";
	if (signal?.aborted) {
		return new QuorateError("Stopped", { operation, message: interruptedBy(signal), state, cause: error });
	}
	if (error instanceof QuorateError && error.code !== "SnapshotInvalid") {
		return error;
	}
	const trouble = error instanceof Error && "code" in error ? fileTrouble(String(error.code), target) : undefined;
	if (trouble) {
		const { message, hint } = trouble;
		return new QuorateError("SnapshotFailed", { operation, message, state, hint, cause: error });
	}
	const reason = error instanceof Error ? error.message : String(error);
	const message = error instanceof EtcdError ? `${error.member}: ${reason}` : reason;
	const hint = "run the same command again; if it fails again, take the snapshot from another member";
	return new QuorateError("SnapshotFailed", { operation, message, state, hint, cause: error });
}
