import { chmod, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../lab-error.ts";
import type { Running } from "../progress.ts";
import { download } from "./download.ts";
import { type EtcdBinaries, etcdIn } from "./etcd-folder.ts";
import type { EtcdRelease } from "./etcd-releases.ts";
import { executable } from "./executable.ts";
import { cacheFolder, type Environment } from "./folders.ts";
import { withLock } from "./lock.ts";
import { publish } from "./publish.ts";
import { run } from "./run.ts";

export const RELEASES = "https://github.com/etcd-io/etcd/releases/download";

export interface FetchReleaseOptions extends Running {
	/** @default process.env */
	env?: Environment;
	/**
	 * Address above `v3.6.14/etcd-v3.6.14-linux-amd64.tar.gz`. @default QUORATE_ETCD_MIRROR, or etcd's releases on
	 * GitHub
	 */
	mirror?: string;
	/** Longest silence of the server, in milliseconds. @default 20000 */
	stallTimeout?: number;
}

export function releaseUrl(release: EtcdRelease, options: Pick<FetchReleaseOptions, "env" | "mirror"> = {}): string {
	const mirror = options.mirror ?? ((options.env ?? process.env).QUORATE_ETCD_MIRROR || RELEASES);
	return `${mirror.replace(/\/+$/, "")}/${release.path}`;
}

/** Brings an official release into the cache: fetched, verified, unpacked, put in place; in that order. */
export async function fetchRelease(release: EtcdRelease, options: FetchReleaseOptions = {}): Promise<EtcdBinaries> {
	const cache = cacheFolder(options.env);
	const target = join(cache, "etcd", release.version);
	const what = `etcd ${release.version}`;
	return withLock(
		`release ${target}`,
		async () => {
			const already = await etcdIn(target, "release");
			if (typeof already !== "string") return already;
			const archive = join(cache, "downloads", `${release.name}.tar.gz.part`);
			const url = releaseUrl(release, options);
			await download({ ...options, url, file: archive, sha256: release.sha256, what });
			options.onProgress?.({ type: "step", message: `unpacking ${what}` });
			// Something unusable may stand in its place, from a disk that was full, or another architecture's.
			await rm(target, { recursive: true, force: true });
			await publish(target, (folder) => unpack(archive, release, folder, options.signal));
			await rm(archive, { force: true });
			const fetched = await etcdIn(target, "release");
			if (typeof fetched !== "string") return fetched;
			throw new LabError("DownloadFailed", { operation: `unpacking ${what}`, message: fetched });
		},
		options.signal,
	);
}

async function unpack(archive: string, release: EtcdRelease, folder: string, signal?: AbortSignal): Promise<void> {
	const stop = signal ? { signal } : {};
	const { code, stderr } = await run("tar", ["-xzf", archive, "-C", folder, "--no-same-owner"], stop);
	if (code !== 0) {
		throw new LabError("DownloadFailed", {
			operation: `unpacking etcd ${release.version}`,
			message: `tar could not unpack ${archive}: ${stderr.trim()}`,
			hint: "is the disk full? is tar with gzip installed?",
		});
	}
	for (const name of ["etcd", "etcdctl", "etcdutl"]) {
		const program = join(folder, release.name, name);
		if (!(await executable(program))) continue;
		await rename(program, join(folder, name));
		await chmod(join(folder, name), 0o755);
	}
	await rm(join(folder, release.name), { recursive: true, force: true });
}
