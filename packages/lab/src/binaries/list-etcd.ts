import { DistributionError, distributionVersion } from "./distribution.ts";
import type { EtcdBinaries } from "./etcd-folder.ts";
import { etcdReleases } from "./etcd-releases.ts";
import { releaseUrl } from "./fetch-release.ts";
import { etcdsAtHand, type FindEtcdOptions } from "./find-etcd.ts";
import { compareVersions } from "./version.ts";

export interface FetchableEtcd {
	version: string;
	source: "release" | "distribution";
	/** of the archive; a distribution's packages have none */
	url?: string;
}

export interface EtcdListing {
	/** on this machine, in the order in which they would be taken */
	atHand: EtcdBinaries[];
	/**
	 * not on this machine yet; newest first. Whether the network lets them through is seen only when one is fetched.
	 */
	fetchable: FetchableEtcd[];
}

/** Which versions of etcd a lab can run here. Fetches nothing. */
export async function listEtcd(options: Omit<FindEtcdOptions, "version" | "offline"> = {}): Promise<EtcdListing> {
	const [atHand, packaged] = await Promise.all([etcdsAtHand(options), packagedVersion(options)]);
	const have = new Set(atHand.map(({ version }) => version));
	const fetchable: FetchableEtcd[] = (options.releases ?? etcdReleases()).map((release) => ({
		version: release.version,
		source: "release",
		url: releaseUrl(release, options),
	}));
	if (packaged !== undefined) fetchable.push({ version: packaged, source: "distribution" });
	return {
		atHand,
		fetchable: fetchable
			.filter(({ version }) => !have.has(version))
			.sort((a, b) => compareVersions(b.version, a.version)),
	};
}

async function packagedVersion(options: FindEtcdOptions): Promise<string | undefined> {
	try {
		return await distributionVersion("etcd-server", { ...options, update: false });
	} catch (error) {
		if (error instanceof DistributionError) return undefined;
		throw error;
	}
}
