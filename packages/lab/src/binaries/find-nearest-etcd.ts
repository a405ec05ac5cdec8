import { LabError } from "../lab-error.ts";
import type { EtcdBinaries } from "./etcd-folder.ts";
import { etcdsAtHand, type FindEtcdOptions, findEtcd } from "./find-etcd.ts";
import { parseVersion } from "./version.ts";

/**
 * {@link findEtcd}, and where that version cannot be had, the one on this machine that differs from it least, in the patch release
 * alone. Throws LabError EtcdNotFound.
 */
export async function findNearestEtcd(options: FindEtcdOptions): Promise<EtcdBinaries> {
	try {
		return await findEtcd(options);
	} catch (error) {
		if (!(error instanceof LabError) || error.code !== "EtcdNotFound") throw error;
		const nearest = nearestPatch(options.version ?? "", await etcdsAtHand(options));
		if (nearest) return nearest;
		throw error;
	}
}

/** Of two that are as near the newer, which has fewer faults. */
export function nearestPatch<Found extends { version: string }>(
	asked: string,
	found: readonly Found[],
): Found | undefined {
	const [major, minor, patch = 0] = parseVersion(asked) ?? [];
	const distances = found.flatMap((one) => {
		const [itsMajor, itsMinor, itsPatch = 0] = parseVersion(one.version) ?? [];
		const same = major !== undefined && itsMajor === major && itsMinor === minor;
		return same ? [{ one, distance: Math.abs(itsPatch - patch), patch: itsPatch }] : [];
	});
	return distances.sort((a, b) => a.distance - b.distance || b.patch - a.patch)[0]?.one;
}
