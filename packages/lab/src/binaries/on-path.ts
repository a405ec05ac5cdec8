import { delimiter, isAbsolute, join } from "node:path";
import { executable } from "./executable.ts";
import type { Environment } from "./folders.ts";

/**
 * Folders of PATH, and those where system administration's tools lie, which are not in an ordinary user's PATH on
 * every system.
 */
export function pathFolders(env: Environment = process.env): string[] {
	const listed = (env.PATH ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
	return [...new Set([...listed, "/usr/sbin", "/sbin"])];
}

/** The first program of that name, as a shell would find it. */
export async function onPath(name: string, env: Environment = process.env): Promise<string | undefined> {
	for (const folder of pathFolders(env)) {
		const program = await executable(join(folder, name));
		if (program) return program;
	}
	return undefined;
}
