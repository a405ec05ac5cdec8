import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";

/** The path itself when it is a file that may be run. */
export async function executable(path: string): Promise<string | undefined> {
	try {
		await access(path, constants.X_OK);
		return (await stat(path)).isFile() ? path : undefined;
	} catch {
		return undefined;
	}
}
