import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, rmdir } from "node:fs/promises";
import { findProgram, run } from "./command.ts";

/** Told of the folder alone, mount(8) would hand on the owner that it reads in the mount table: an id that an ordinary user's namespace has not. */
const resize = (folder: string, size: string) =>
	run("mount", ["-t", "tmpfs", "-o", `remount,size=${size}`, "tmpfs", folder]);

/**
 * Folders on file systems of their own that are as large as what is in them: whoever writes there gets the kernel's ENOSPC. An ordinary user
 * has no other file system than tmpfs to set a size to, so what such a folder holds is in memory from then on.
 */
export class FullFolders {
	/** each, and whether it is full now */
	readonly #folders = new Map<string, boolean>();

	has(folder: string): boolean {
		return this.#folders.has(folder);
	}

	isFull(folder: string): boolean {
		return this.#folders.get(folder) ?? false;
	}

	/** Moves what `folder` holds to such a file system. Nobody may have it open; what is written there now is lost. */
	async move(folder: string): Promise<void> {
		if (this.#folders.has(folder)) return;
		const place = `/run/full-${randomUUID()}`;
		await mkdir(place);
		await run("mount", ["-t", "tmpfs", "-o", "mode=755", "tmpfs", place]);
		try {
			// Space that is reserved but not written would be room left.
			await run("cp", ["-a", "--sparse=always", `${folder}/.`, place]);
			await run("mount", ["--move", place, folder]);
		} catch (error) {
			await run("umount", [place]);
			throw error;
		} finally {
			await rmdir(place).catch(() => {});
		}
		this.#folders.set(folder, false);
	}

	/** Takes all free space away. */
	async fill(folder: string): Promise<void> {
		const used = await run("df", ["--output=used", "-B4096", folder]);
		const blocks = Math.max(1, Number(used.trim().split("\n").at(-1)));
		await resize(folder, String(blocks * 4096));
		this.#folders.set(folder, true);
	}

	/** Gives space back: half of the machine's memory, which is what a tmpfs has. */
	async clear(folder: string): Promise<void> {
		await resize(folder, "50%");
		this.#folders.set(folder, false);
	}

	/** Forgets such folders at or below `path`, with all that they hold, before it is deleted. */
	release(path: string): void {
		for (const folder of this.#folders.keys()) {
			if (folder !== path && !folder.startsWith(`${path}/`)) continue;
			// Whoever is still in there keeps it until he has left.
			spawnSync(findProgram("umount") ?? "umount", ["--lazy", folder]);
			this.#folders.delete(folder);
		}
	}
}
