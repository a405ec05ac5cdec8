import { lstat, mkdir, rm } from "node:fs/promises";
import { join, posix } from "node:path";
import type {
	ConfigMap,
	Container,
	PersistentVolume,
	PersistentVolumeClaim,
	Secret,
	Volume,
} from "kubernetes-types/core/v1";
import type { Mount } from "../machine/root-file-system.ts";
import { expand } from "./expand.ts";
import type { StoredPod } from "./pod.ts";
import { type FileSources, projectedFiles, writeFiles } from "./volume-files.ts";

/** What volumes are made from. */
export interface VolumeSource extends FileSources {
	configMap(name: string): ConfigMap | undefined;
	secret(name: string): Secret | undefined;
	claim(name: string): PersistentVolumeClaim | undefined;
	volume(name: string): PersistentVolume | undefined;
}

export interface VolumeFolders {
	/** the node's own disk */
	disk: string;
	/** this pod's folder */
	pod: string;
}

/** Not now, perhaps later: the event FailedMount, and another try. */
export class MountError extends Error {
	constructor(volume: string, problem: string) {
		super(`MountVolume.SetUp failed for volume ${JSON.stringify(volume)} : ${problem}`);
	}
}

/** Folders that a pod gets from the machine itself rather than from its node's disk. */
const MACHINE_FOLDERS = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/dev", "/proc", "/sys", "/etc/ssl"];

/** A path on the node, as a path of this machine. */
export function nodePath(disk: string, path: string): string {
	const clean = posix.normalize(`/${path}`);
	const ofMachine = MACHINE_FOLDERS.some((folder) => clean === folder || clean.startsWith(`${folder}/`));
	return ofMachine ? clean : join(disk, clean);
}

/** Makes a pod's volumes ready and returns where each lies; throws {@link MountError}. */
export async function setUpVolumes(
	pod: StoredPod,
	folders: VolumeFolders,
	source: VolumeSource,
): Promise<Map<string, string>> {
	const paths = new Map<string, string>();
	for (const volume of pod.spec.volumes ?? []) paths.set(volume.name, await setUp(pod, volume, folders, source));
	return paths;
}

async function setUp(pod: StoredPod, volume: Volume, folders: VolumeFolders, source: VolumeSource): Promise<string> {
	const own = join(folders.pod, "volumes", volume.name);
	if (volume.hostPath) return hostPath(volume.name, volume.hostPath, folders.disk);
	if (volume.persistentVolumeClaim) {
		return persistent(volume.name, volume.persistentVolumeClaim.claimName, folders.disk, source);
	}
	await mkdir(own, { recursive: true });
	if (volume.emptyDir) return own;
	try {
		await writeFiles(own, projectedFiles(pod, volume, source));
	} catch (error) {
		throw new MountError(volume.name, error instanceof Error ? error.message : String(error));
	}
	return own;
}

type HostPath = NonNullable<Volume["hostPath"]>;

async function hostPath(name: string, { path, type = "" }: HostPath, disk: string): Promise<string> {
	const place = nodePath(disk, path);
	const there = await lstat(place).catch(() => undefined);
	const wrong = (what: string) => new MountError(name, `hostPath type check failed: ${path} is not ${what}`);
	switch (type) {
		case "":
		case "DirectoryOrCreate":
			// With the empty type it is the container runtime that makes a missing folder.
			if (!there) await mkdir(place, { recursive: true, mode: 0o755 });
			else if (type !== "" && !there.isDirectory()) throw wrong("a directory");
			return place;
		case "FileOrCreate":
			if (!there)
				await writeFiles(
					posix.dirname(place),
					new Map([[posix.basename(place), { data: Buffer.alloc(0), mode: 0o644 }]]),
				);
			else if (!there.isFile()) throw wrong("a file");
			return place;
		case "Directory":
			if (!there?.isDirectory()) throw wrong("a directory");
			return place;
		case "File":
			if (!there?.isFile()) throw wrong("a file");
			return place;
		case "Socket":
			if (!there?.isSocket()) throw wrong("a socket file");
			return place;
		case "CharDevice":
			if (!there?.isCharacterDevice()) throw wrong("a character device");
			return place;
		default:
			if (!there?.isBlockDevice()) throw wrong("a block device");
			return place;
	}
}

async function persistent(name: string, claimName: string, disk: string, source: VolumeSource): Promise<string> {
	const claim = source.claim(claimName);
	if (!claim) throw new MountError(name, `persistentvolumeclaim ${JSON.stringify(claimName)} not found`);
	if (claim.status?.phase !== "Bound" || !claim.spec?.volumeName) {
		throw new MountError(name, `PVC ${claim.metadata?.namespace}/${claimName} is not bound`);
	}
	const volume = source.volume(claim.spec.volumeName);
	if (!volume) throw new MountError(name, `persistentvolume ${JSON.stringify(claim.spec.volumeName)} not found`);
	const { hostPath: onHost, local } = volume.spec ?? {};
	if (onHost) return hostPath(claim.spec.volumeName, onHost, disk);
	if (!local)
		throw new MountError(
			name,
			`the lab has no driver for volume ${JSON.stringify(claim.spec.volumeName)}: hostPath and local only`,
		);
	const place = nodePath(disk, local.path);
	if (await lstat(place).catch(() => undefined)) return place;
	throw new MountError(claim.spec.volumeName, `path ${JSON.stringify(local.path)} does not exist`);
}

/** A container's mounts among the pod's volumes. */
export async function containerMounts(
	container: Container,
	volumes: Map<string, string>,
	environment: Record<string, string>,
): Promise<Mount[]> {
	const mounts: Mount[] = [];
	for (const mount of container.volumeMounts ?? []) {
		const volume = volumes.get(mount.name);
		if (volume === undefined) continue;
		const within = mount.subPathExpr ? expand(mount.subPathExpr, (name) => environment[name]) : (mount.subPath ?? "");
		const source = within ? join(volume, posix.normalize(`/${within}`)) : volume;
		if (within && !(await lstat(source).catch(() => undefined))) await mkdir(source, { recursive: true });
		mounts.push({ source, target: mount.mountPath, readOnly: mount.readOnly ?? false });
	}
	return mounts;
}

/** Forgets what belongs to the pod alone; what lies on the node's disk stays. */
export const removeVolumes = (folders: VolumeFolders): Promise<void> =>
	rm(folders.pod, { recursive: true, force: true });
