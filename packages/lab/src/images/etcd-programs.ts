import { access, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ImageMount } from "./image.ts";

const PROGRAMS = ["etcd", "etcdctl", "etcdutl"];

/** The programs of an etcd folder, those that it has, as files of an image. */
export async function etcdPrograms(folder: string, target: string): Promise<ImageMount[]> {
	const mounts = PROGRAMS.map((name) => ({ source: join(folder, name), target: join(target, name) }));
	const there = await Promise.all(mounts.map(({ source }) => exists(source)));
	return mounts.filter((_, index) => there[index]);
}

const exists = (path: string) =>
	access(path).then(
		() => true,
		() => false,
	);

/** Programs that are links to one another count once. */
export async function sizeOf(mounts: ImageMount[]): Promise<number> {
	const files = await Promise.all(mounts.map(({ source }) => stat(source)));
	return [...new Map(files.map(({ ino, size }) => [ino, size])).values()].reduce((sum, size) => sum + size, 0);
}
