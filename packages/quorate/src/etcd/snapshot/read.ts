import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { QuorateError } from "../../errors.ts";
import { interruptedBy } from "../../interruption.ts";
import { BoltFile } from "./bolt-file.ts";
import { KeyIndex } from "./key-index.ts";
import { keyRecords } from "./key-records.ts";
import { readContent, type SnapshotContent } from "./snapshot-info.ts";
import { snapshotInvalid } from "./snapshot-invalid.ts";
import { TRAILER_SIZE, TrailerCheck } from "./snapshot-trailer.ts";
import { type SnapshotSurvey, surveyDatabase } from "./survey.ts";

export interface SnapshotInfo extends SnapshotContent {
	path: string;
	/** bytes of the file, with its checksum */
	size: number;
	/** bytes of the database in it */
	dbSize: number;
	/** hex, of the database */
	sha256: string;
}

export interface LoadedSnapshot {
	info: SnapshotInfo;
	index: KeyIndex;
}

export interface ReadOptions {
	signal?: AbortSignal;
	/** bytes of the file that have been checked so far */
	onProgress?: (progress: { bytes: number; total: number }) => void;
}

/**
 * Checks a snapshot file whole: its size, its checksum, and that its database can be read to the last key.
 * @throws QuorateError SnapshotInvalid (with what is wrong), NotFound
 */
export async function verifySnapshot(path: string, options?: ReadOptions): Promise<SnapshotInfo> {
	return (await readSnapshot(path, options)).info;
}

/** As {@link verifySnapshot}, and which keys it holds: less than 50 MB for a million. */
export async function readSnapshot(path: string, options: ReadOptions = {}): Promise<LoadedSnapshot> {
	try {
		const { size, sha256 } = await checkTrailer(path, options);
		return await readDatabase(path, size, sha256, options.signal);
	} catch (error) {
		throw asFailure(error, path, options.signal);
	}
}

/**
 * As {@link readSnapshot}, and every bucket, page by page.
 * @throws QuorateError SnapshotInvalid (with what is wrong), NotFound, Stopped
 */
export async function surveySnapshot(
	path: string,
	options: ReadOptions = {},
): Promise<{ info: SnapshotInfo; survey: SnapshotSurvey }> {
	const { info, index } = await readSnapshot(path, options);
	return { info, survey: await readAgain(info, (file) => surveyDatabase(file, index, options.signal), options.signal) };
}

/** Opens the database of a file that has been verified before. */
export async function readAgain<T>(
	{ path, dbSize }: SnapshotInfo,
	use: (file: BoltFile) => Promise<T>,
	signal?: AbortSignal,
): Promise<T> {
	try {
		const file = await BoltFile.open(path, dbSize);
		try {
			return await use(file);
		} finally {
			await file.close();
		}
	} catch (error) {
		throw asFailure(error, path, signal);
	}
}

/** The names of those keys that `wanted` asks for, at most `limit`. The file has been verified before. */
export async function findSnapshotKeys(
	path: string,
	wanted: (key: Uint8Array) => boolean,
	limit: number,
	signal?: AbortSignal,
): Promise<Uint8Array[]> {
	const file = await BoltFile.open(path, (await stat(path)).size - TRAILER_SIZE);
	try {
		const found = new Map<string, Uint8Array>();
		for await (const records of keyRecords(file, signal)) {
			for (const { key } of records) {
				if (key.length > 0 && wanted(key)) {
					found.set(Buffer.from(key).toString("base64"), Uint8Array.from(key));
				}
				if (found.size === limit) {
					return [...found.values()];
				}
			}
		}
		return [...found.values()];
	} finally {
		await file.close();
	}
}

/** The database of a file whose checksum is known to be right. */
export async function readDatabase(
	path: string,
	size: number,
	sha256: string,
	signal?: AbortSignal,
): Promise<LoadedSnapshot> {
	const dbSize = size - TRAILER_SIZE;
	const file = await BoltFile.open(path, dbSize);
	try {
		const index = new KeyIndex();
		const content = await readContent(file, index, signal);
		return { info: { path, size, dbSize, sha256, ...content }, index };
	} finally {
		await file.close();
	}
}

async function checkTrailer(
	path: string,
	{ signal, onProgress }: ReadOptions,
): Promise<{ size: number; sha256: string }> {
	const file = await stat(path);
	if (!file.isFile()) {
		throw snapshotInvalid(path, "it is not a file");
	}
	const check = new TrailerCheck();
	for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, ...(signal ? { signal } : {}) })) {
		check.update(chunk);
		onProgress?.({ bytes: check.size, total: file.size });
	}
	const { sha256, wrong } = check.finish();
	if (wrong) {
		throw snapshotInvalid(path, wrong);
	}
	return { size: check.size, sha256 };
}

function asFailure(error: unknown, path: string, signal: AbortSignal | undefined): unknown {
	const operation = `reading the snapshot ${path}`;
	if (error instanceof QuorateError) {
		return error;
	}
	if (signal?.aborted) {
		return new QuorateError("Stopped", { operation, message: interruptedBy(signal), cause: error });
	}
	if (!(error instanceof Error && "code" in error)) {
		return error;
	}
	return error.code === "ENOENT"
		? new QuorateError("NotFound", {
				operation,
				message: "there is no such file",
				state: "nothing was changed",
				hint: "name one that `quorate snapshot save` or etcdctl wrote",
				cause: error,
			})
		: snapshotInvalid(path, `it cannot be read: ${error.message}`, error);
}
