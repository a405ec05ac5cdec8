import { lstat, readlink } from "node:fs/promises";

/** What a container sees at `target`. */
export interface Mount {
	/** absolute path in the lab's machine */
	source: string;
	/** absolute path in the container */
	target: string;
	/** @default false */
	readOnly?: boolean;
}

const HOST_FOLDERS = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/** What programs of the host's /usr need of its /etc. */
const HOST_ETC = ["/etc/alternatives", "/etc/ca-certificates", "/etc/ld.so.cache", "/etc/pki", "/etc/ssl"];
const EMPTY_FOLDERS = ["/etc", "/home", "/mnt", "/opt", "/root", "/run", "/srv", "/var/lib", "/var/log"];
const SHARED_FOLDERS = ["/tmp", "/var/tmp"];

/** The bwrap arguments that lay out a container's root: an empty file system with the host's programs, read-only. */
export async function rootFileSystem(): Promise<string[]> {
	const args = ["--ro-bind", "/usr", "/usr", "--tmpfs", "/usr/local"];
	for (const folder of HOST_FOLDERS) args.push(...(await sameAsHost(folder)));
	for (const folder of EMPTY_FOLDERS) args.push("--dir", folder);
	for (const folder of SHARED_FOLDERS) args.push("--dir", folder, "--chmod", "1777", folder);
	for (const path of HOST_ETC) args.push("--ro-bind-try", path, path);
	return [...args, "--symlink", "/run", "/var/run", "--proc", "/proc", "--dev", "/dev"];
}

/** Where a mount at that path goes: bwrap does not follow the link that /var/run is. */
export const placeInRoot = (path: string): string => path.replace(/^\/var\/run(?=\/|$)/, "/run");

/** /bin and the like are links into /usr on most systems, folders on some, missing on others. */
async function sameAsHost(path: string): Promise<string[]> {
	const stats = await lstat(path).catch(() => undefined);
	if (stats === undefined) return [];
	return stats.isSymbolicLink() ? ["--symlink", await readlink(path), path] : ["--ro-bind", path, path];
}
