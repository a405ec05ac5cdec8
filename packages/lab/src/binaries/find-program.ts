import { chmod, rename } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../lab-error.ts";
import type { Running } from "../progress.ts";
import { DistributionError, fetchFromDistribution } from "./distribution.ts";
import { download } from "./download.ts";
import { executable } from "./executable.ts";
import { cacheFolder, type Environment } from "./folders.ts";
import { withLock } from "./lock.ts";
import { onPath } from "./on-path.ts";
import { publish } from "./publish.ts";

export interface FindProgramOptions extends Running {
	/** @default process.env */
	env?: Environment;
	/** Look only at what is on this machine. @default false */
	offline?: boolean;
}

export interface ProgramToFind {
	name: string;
	/** the environment variable that may name it: "QUORATE_KUBECTL" */
	variable: string;
	/** of a Debian-like distribution */
	package: string;
	/** one file that is the program */
	release?: { version: string; url: string; sha256: string };
	/** what to do where no way leads to it */
	hint: string;
}

export interface FoundProgram {
	/** absolute */
	path: string;
	source: "option" | "path" | "cache" | "release" | "distribution";
}

/**
 * A single program, found as etcd is: by its variable, on PATH, in the cache, as a release, in the distribution.
 * Throws LabError ToolMissing.
 */
export async function findProgram(wanted: ProgramToFind, options: FindProgramOptions = {}): Promise<FoundProgram> {
	const { env = process.env } = options;
	const { name, variable, release } = wanted;
	const operation = `looking for ${name}`;
	const named = env[variable];
	if (named) {
		const path = await executable(named);
		if (path) return { path, source: "option" };
		throw new LabError("ToolMissing", { operation, message: `${variable} names ${named}, which is not a program` });
	}
	const path = await onPath(name, env);
	if (path) return { path, source: "path" };
	const cache = cacheFolder(env);
	const places = [...(release ? [join(cache, name, release.version)] : []), join(cache, name, "distribution")];
	for (const place of places) {
		const cached = await executable(join(place, name));
		if (cached) return { path: cached, source: "cache" };
	}
	const tries = [`${variable}: not set`, `PATH: no ${name}`, `cache: none in ${join(cache, name)}`];
	if (!options.offline) {
		for (const fetch of [fetchReleased, fetchPackaged]) {
			const outcome = await fetch(wanted, options);
			if (typeof outcome !== "string") return outcome;
			tries.push(outcome);
		}
	}
	throw new LabError("ToolMissing", {
		operation,
		message: `no ${name} at hand`,
		state: `tried, in this order:\n${tries.map((line) => `  ${line}`).join("\n")}`,
		hint: wanted.hint,
	});
}

async function fetchReleased(wanted: ProgramToFind, options: FindProgramOptions): Promise<FoundProgram | string> {
	const { name, release } = wanted;
	if (!release) return "official release: none is pinned for this machine";
	const folder = join(cacheFolder(options.env), name, release.version);
	const file = join(cacheFolder(options.env), "downloads", `${name}-${release.version}.part`);
	try {
		await withLock(
			`release ${folder}`,
			async () => {
				if (await executable(join(folder, name))) return;
				await download({ ...options, ...release, file, what: `${name} ${release.version}` });
				await publish(folder, async (making) => {
					await chmod(file, 0o755);
					await rename(file, join(making, name));
				});
			},
			options.signal,
		);
	} catch (error) {
		if (!(error instanceof LabError) || error.code === "ChecksumMismatch") throw error;
		return `official release ${release.version}: ${error.message}`;
	}
	return { path: join(folder, name), source: "release" };
}

async function fetchPackaged(wanted: ProgramToFind, options: FindProgramOptions): Promise<FoundProgram | string> {
	const target = join(cacheFolder(options.env), wanted.name, "distribution");
	try {
		await fetchFromDistribution({ packages: [wanted.package], programs: [wanted.name], target }, options);
	} catch (error) {
		if (!(error instanceof DistributionError)) throw error;
		return `distribution's package ${wanted.package}: ${error.message}`;
	}
	const path = await executable(join(target, wanted.name));
	return path
		? { path, source: "distribution" }
		: `distribution's package ${wanted.package}: there is no ${wanted.name} in it`;
}
