import { access, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ImageFamily, ImageMount } from "./image.ts";
import { userlandImage } from "./userland.ts";

const PROGRAMS = ["etcd", "etcdctl", "etcdutl"];
/** Where the releases' own image has them. */
const FOLDER = "/usr/local/bin";
/** Organisations that put scripts of their own around etcd. */
const OTHERS = ["bitnami", "bitnamilegacy", "openebs"];

/** Plain etcd: `etcd:3.5.9`, `quay.io/coreos/etcd:v3.5.9`, `registry.k8s.io/etcd:3.5.9-0`, `gcr.io/etcd-development/etcd:v3.5.9`. */
export const etcd: ImageFamily = {
	example: "etcd:<version> from any registry, as quay.io/coreos/etcd:v3.5.9 or registry.k8s.io/etcd:3.5.9-0",
	async resolve(reference, tools) {
		const [name, organisation = ""] = reference.repository.split("/").reverse();
		if (name !== "etcd" || OTHERS.includes(organisation)) return undefined;
		const version = etcdVersion(reference.tag);
		const found = await tools.findEtcd(version);
		if (!found) return { notFound: `no etcd ${version} at hand` };
		const mounts = await etcdPrograms(found.folder, FOLDER);
		return {
			...userlandImage(reference, `etcd ${found.version}`),
			command: ["etcd"],
			mounts,
			size: await sizeOf(mounts),
		};
	},
};

/** `v3.5.9` and `3.5.9-0` are version 3.5.9; what is no version (`latest`) stays. */
export function etcdVersion(tag: string): string {
	return /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1] ?? tag;
}

/** The programs of an etcd folder, those that it has, as files of an image. */
async function etcdPrograms(folder: string, target: string): Promise<ImageMount[]> {
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
async function sizeOf(mounts: ImageMount[]): Promise<number> {
	const files = await Promise.all(mounts.map(({ source }) => stat(source)));
	return [...new Map(files.map(({ ino, size }) => [ino, size])).values()].reduce((sum, size) => sum + size, 0);
}
