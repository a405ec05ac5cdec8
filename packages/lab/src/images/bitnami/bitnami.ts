import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { etcdPrograms, sizeOf } from "../etcd-programs.ts";
import type { ImageFamily, ImageReference } from "../image.ts";
import { userlandImage } from "../userland.ts";
import { ENTRYPOINT, NODE, PROGRAM, RUN, scripts } from "./scripts.ts";
import { readTag } from "./tag.ts";

const FOLDER = "/opt/bitnami/etcd/bin";
const ORGANISATIONS = ["bitnami", "bitnamilegacy", "openebs"];

/** `bitnami/etcd`, whoever mirrors it. */
export function isBitnami({ repository }: Pick<ImageReference, "repository">): boolean {
	const [name, organisation = ""] = repository.split("/").reverse();
	return name === "etcd" && ORGANISATIONS.includes(organisation);
}

/** etcd with Bitnami's scripts around it, which decide by themselves whether and how a pod joins a cluster. */
export const bitnami: ImageFamily = {
	example: "bitnami/etcd, bitnamilegacy/etcd or openebs/etcd with any tag, as bitnami/etcd:3.5.6-debian-11-r10",
	async resolve(reference, tools) {
		if (!isBitnami(reference)) return undefined;
		const { etcd, generation } = readTag(reference.tag);
		const found = await tools.findEtcd(etcd, { nearest: true });
		if (!found) {
			return {
				notFound: `no etcd ${etcd} at hand, nor one of another patch release; see \`quorate lab versions\` for those that are, and name a folder with its etcd and etcdctl by --etcd or QUORATE_ETCD`,
			};
		}
		const exact = found.version === etcd || found.version.startsWith(`${etcd}.`) || !/^\d/.test(etcd);
		const note = exact ? undefined : `etcd ${found.version} stands for ${etcd}, which is in the image but not at hand`;
		const programs = await etcdPrograms(found.folder, FOLDER);
		const image = userlandImage(reference, `bitnami ${generation} etcd ${found.version}`);
		return {
			...image,
			entrypoint: [ENTRYPOINT],
			command: [RUN],
			environment: {
				...image.environment,
				PATH: `${FOLDER}:${image.environment.PATH}`,
				APP_VERSION: etcd,
				BITNAMI_APP_NAME: "etcd",
			},
			mounts: [...programs, { source: process.execPath, target: NODE }, { source: program(), target: PROGRAM }],
			files: [...image.files, ...scripts(generation, note)],
			size: await sizeOf(programs),
		};
	},
};

/** Bundled beside the lab's own programs. */
const program = () => join(dirname(fileURLToPath(import.meta.url)), "bitnami.mjs");
