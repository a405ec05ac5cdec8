import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Lets `fill` make a folder beside `target` and puts it in place in one step, so that nobody ever sees half of it.
 * Where another process was first, its folder stands.
 */
export async function publish(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
	await mkdir(dirname(target), { recursive: true });
	const making = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
	try {
		await fill(making);
		await rename(making, target);
	} catch (error) {
		await rm(making, { recursive: true, force: true });
		const code = (error as NodeJS.ErrnoException).code;
		if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
	}
}
