import { isBitnami } from "./bitnami/bitnami.ts";
import { etcdPrograms, sizeOf } from "./etcd-programs.ts";
import type { ImageFamily, ImageReference } from "./image.ts";
import { userlandImage } from "./userland.ts";

/** Where the releases' own image has them. */
const FOLDER = "/usr/local/bin";

/** `etcd` by that name, without anybody's scripts around it. */
export function isPlainEtcd(reference: Pick<ImageReference, "repository">): boolean {
	return reference.repository.split("/").at(-1) === "etcd" && !isBitnami(reference);
}

/** Plain etcd: `etcd:3.5.9`, `quay.io/coreos/etcd:v3.5.9`, `registry.k8s.io/etcd:3.5.9-0`, `gcr.io/etcd-development/etcd:v3.5.9`. */
export const etcd: ImageFamily = {
	example: "etcd:<version> from any registry, as quay.io/coreos/etcd:v3.5.9 or registry.k8s.io/etcd:3.5.9-0",
	async resolve(reference, tools) {
		if (!isPlainEtcd(reference)) return undefined;
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
