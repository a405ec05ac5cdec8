import { access, constants, stat, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type FileTrouble, fileTrouble } from "./file-trouble.ts";

/** Where a snapshot is to be written, as far as can be seen without writing. */
export interface SnapshotPlace {
	/** absolute */
	readonly file: string;
	readonly trouble?: FileTrouble;
	/** bytes that this user may still write there; undefined: not known */
	readonly free?: number;
}

/** Looks whether a file could be written there. Writes nothing. */
export async function seeSnapshotPlace(path: string): Promise<SnapshotPlace> {
	const file = resolve(path);
	const folder = dirname(file);
	try {
		if (await exists(file)) throw Object.assign(new Error("it is there"), { code: "EEXIST" });
		if (!(await stat(folder)).isDirectory()) throw Object.assign(new Error("no folder"), { code: "ENOTDIR" });
		await access(folder, constants.W_OK | constants.X_OK);
	} catch (error) {
		const trouble = fileTrouble(codeOf(error), file);
		return { file, trouble: trouble ?? { code: codeOf(error), message: String(error), hint: "choose another name" } };
	}
	const space = await statfs(folder).catch(() => undefined);
	// some file systems do not count
	return { file, ...(space && space.blocks > 0 ? { free: space.bavail * space.bsize } : {}) };
}

export async function exists(path: string): Promise<boolean> {
	return stat(path).then(
		() => true,
		() => false,
	);
}

function codeOf(error: unknown): string {
	return error instanceof Error && "code" in error ? String(error.code) : "";
}
