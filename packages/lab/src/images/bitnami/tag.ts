import { compareVersions } from "../../binaries/version.ts";

/**
 * Which start-up scripts an image has.
 * - `old`: before 3.5.17-debian-12-r4, as used by chart 8.6.0 (Mayastor 2.0–2.9)
 * - `new`: from then on, as used by chart 12.0 (Mayastor 2.10 and later)
 */
export type Generation = "old" | "new";

export interface BitnamiTag {
	/** of the etcd in the image; "latest" or the beginning of a version where the tag says no more */
	etcd: string;
	generation: Generation;
}

const FIRST_NEW = { etcd: "3.5.17", debian: 12, revision: 4 };

/** `3.5.6-debian-11-r10` has etcd 3.5.6 and the old scripts. A tag that moves (`3.5.17`, `3.6`, `latest`) means its last image. */
export function readTag(tag: string): BitnamiTag {
	const [, etcd, debian, revision] = /^v?(\d+(?:\.\d+){0,2})(?:-debian-(\d+)(?:-r(\d+))?)?/.exec(tag) ?? [];
	if (etcd === undefined) return { etcd: tag, generation: "new" };
	const [, , patch] = etcd.split(".");
	const last = patch === undefined ? lastOf(etcd) : etcd;
	const order =
		compareVersions(last, FIRST_NEW.etcd) ||
		Number(debian ?? Number.POSITIVE_INFINITY) - FIRST_NEW.debian ||
		Number(revision ?? Number.POSITIVE_INFINITY) - FIRST_NEW.revision;
	return { etcd, generation: order < 0 ? "old" : "new" };
}

/** `3.5` is the newest of its kind. */
const lastOf = (part: string): string => (part.includes(".") ? `${part}.999` : `${part}.999.0`);
