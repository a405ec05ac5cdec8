import { join } from "node:path";
import { LabError } from "../lab-error.ts";
import { DistributionError, distributionVersion, fetchFromDistribution } from "./distribution.ts";
import { type EtcdBinaries, etcdIn, etcdsUnder } from "./etcd-folder.ts";
import { DEFAULT_RELEASE, type EtcdRelease, etcdReleases } from "./etcd-releases.ts";
import { type FetchReleaseOptions, fetchRelease, releaseUrl } from "./fetch-release.ts";
import { cacheFolder } from "./folders.ts";
import { pathFolders } from "./on-path.ts";
import { compareVersions, matchesVersion, normaliseAsked } from "./version.ts";

export interface FindEtcdOptions extends FetchReleaseOptions {
	/** "3.5.9", or its beginning: "3.5". @default whatever is at hand first; where several are, the newest */
	version?: string;
	/** A folder that holds etcd and etcdctl, or one such subfolder a version. @default QUORATE_ETCD */
	etcd?: string;
	/** Look only at what is on this machine. @default false */
	offline?: boolean;
	/** What can be fetched. @default the pinned releases for this architecture */
	releases?: EtcdRelease[];
}

interface Try {
	way: string;
	why: string;
}

/**
 * etcd, from the first of: the folder named by option or QUORATE_ETCD, PATH, the cache, an official release, the
 * distribution's packages (the last two are brought into the cache). Throws LabError EtcdNotFound with each way's
 * reason.
 */
export async function findEtcd(options: FindEtcdOptions = {}): Promise<EtcdBinaries> {
	const asked = parseAsked(options.version);
	const tries: Try[] = [];
	for (const way of [fromFolder, fromPath, fromCache]) {
		const { name, found, reasons } = await way(options);
		const match = found.find(({ version }) => matchesVersion(version, asked));
		if (match) return match;
		const others = found.map(({ version }) => version).join(", ");
		tries.push({ way: name, why: found.length > 0 ? `has ${others}` : reasons.join("; ") });
	}
	if (options.offline) throw notFound(asked, tries, options);
	for (const way of [fromRelease, fromDistribution]) {
		const outcome = await way(asked, options);
		if (!("why" in outcome)) return outcome;
		tries.push(outcome);
	}
	throw notFound(asked, tries, options);
}

/** All that are on this machine already, in the order in which they would be taken. */
export async function etcdsAtHand(options: FindEtcdOptions = {}): Promise<EtcdBinaries[]> {
	const ways = await Promise.all([fromFolder, fromPath, fromCache].map((way) => way(options)));
	return ways.flatMap(({ found }) => found);
}

export function parseAsked(version: string | undefined): string | undefined {
	if (version === undefined) return undefined;
	const asked = normaliseAsked(version);
	if (asked !== undefined) return asked;
	throw new LabError("InvalidOption", {
		operation: "looking for etcd",
		message: `"${version}" is not an etcd version`,
		hint: "give one like 3.5.9, or the beginning of one, like 3.5",
	});
}

interface AtHand {
	name: string;
	found: EtcdBinaries[];
	reasons: string[];
}

async function fromFolder({ etcd: folder, env = process.env }: FindEtcdOptions): Promise<AtHand> {
	const name = "--etcd, QUORATE_ETCD";
	const named = folder ?? (env.QUORATE_ETCD || undefined);
	if (named === undefined) return { name, found: [], reasons: ["not set"] };
	const { found, reasons } = await etcdsUnder(named, "option");
	if (found.length > 0) return { name, found, reasons };
	throw new LabError("EtcdNotFound", {
		operation: "looking for etcd",
		message: `${named}, named by ${folder === undefined ? "QUORATE_ETCD" : "--etcd"}, has no etcd: ${reasons.join("; ")}`,
		hint: "name a folder that holds etcd and etcdctl, or one subfolder a version with both (3.5.9/etcd)",
	});
}

async function fromPath({ env = process.env }: FindEtcdOptions): Promise<AtHand> {
	const answers = await Promise.all(pathFolders(env).map((folder) => etcdIn(folder, "path")));
	const found = answers.filter((answer) => typeof answer !== "string");
	const reasons = answers.filter(
		(answer) => typeof answer === "string" && !answer.startsWith("no etcd in "),
	) as string[];
	return { name: "PATH", found, reasons: reasons.length > 0 ? reasons : ["no etcd"] };
}

async function fromCache({ env }: FindEtcdOptions): Promise<AtHand> {
	const folder = join(cacheFolder(env), "etcd");
	return { name: "cache", ...(await etcdsUnder(folder, "cache")) };
}

/** The newest pinned release that is meant by what was asked for. */
export function chooseRelease(asked: string | undefined, releases = etcdReleases()): EtcdRelease | undefined {
	const matching = releases.filter(({ version }) => matchesVersion(version, asked ?? DEFAULT_RELEASE));
	return matching.sort((a, b) => compareVersions(b.version, a.version))[0];
}

async function fromRelease(asked: string | undefined, options: FindEtcdOptions): Promise<EtcdBinaries | Try> {
	const way = "official release";
	const release = chooseRelease(asked, options.releases);
	if (!release) return { way, why: `no SHA-256 is pinned for ${asked ?? "any"} on linux-${process.arch}` };
	try {
		return await fetchRelease(release, options);
	} catch (error) {
		// An archive that is not what was published is no reason to look elsewhere quietly.
		if (!(error instanceof LabError) || error.code === "ChecksumMismatch") throw error;
		const { state } = error;
		return { way: `${way} ${release.version}`, why: state ? `${error.message}; ${state}` : error.message };
	}
}

async function fromDistribution(asked: string | undefined, options: FindEtcdOptions): Promise<EtcdBinaries | Try> {
	const way = "distribution's packages";
	try {
		const version = await distributionVersion("etcd-server", options);
		if (version === undefined) return { way, why: "none called etcd-server" };
		if (!matchesVersion(version, asked)) return { way, why: `has ${version}` };
		const target = join(cacheFolder(options.env), "etcd", version);
		const programs = ["etcd", "etcdctl", "etcdutl"];
		await fetchFromDistribution({ packages: ["etcd-server", "etcd-client"], programs, target }, options);
		const fetched = await etcdIn(target, "distribution");
		return typeof fetched === "string" ? { way, why: fetched } : fetched;
	} catch (error) {
		if (!(error instanceof DistributionError)) throw error;
		return { way, why: error.message };
	}
}

function notFound(asked: string | undefined, tries: Try[], options: FindEtcdOptions): LabError {
	const release = chooseRelease(asked, options.releases);
	return new LabError("EtcdNotFound", {
		operation: "looking for etcd",
		message: asked === undefined ? "no etcd at hand" : `no etcd ${asked} at hand`,
		state: `tried, in this order:\n${tries.map(({ way, why }) => `  ${way}: ${why}`).join("\n")}`,
		hint: [
			release ? `unpack ${releaseUrl(release, options)} and name its folder with --etcd or QUORATE_ETCD` : undefined,
			"or point QUORATE_ETCD_MIRROR at a copy of etcd's releases that this machine can reach",
			"or install etcd and etcdctl so that they are on PATH",
		]
			.filter((line) => line !== undefined)
			.join(",\n"),
	});
}
