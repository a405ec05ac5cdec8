import type { RawRangeResponse } from "../etcd/member-client.ts";
import { keyAndModRevision } from "../etcd/raw-key.ts";
import type { KeyDifference } from "./key-difference.ts";
import { PageSize, readPages } from "./key-page.ts";
import { KeyStretch } from "./key-stretch.ts";
import { comparePages, horizon } from "./page-differences.ts";
import { callOptions, type KeySource, type ProofOptions } from "./proof-member.ts";

/** Differences that are told one by one; beyond that they are counted. */
const DIFFERENCES_TOLD = 20;

export interface KeyspaceComparison {
	equal: boolean;
	/** keys that at least one member holds */
	keys: number;
	/** bytes read of each member, as etcd encodes keys */
	bytes: number;
	/** the first {@link differing} ones, at most 20 */
	differences: readonly KeyDifference[];
	/** how many keys differ */
	differing: number;
}

export interface KeyspaceOptions extends ProofOptions {
	/** values are neither answered nor compared. @default false */
	keysOnly?: boolean;
	onProgress?: (progress: { keys: number; bytes: number }) => void;
	/** Called for each key of the first member, in order. Views: copy to keep. */
	visit?: (key: Uint8Array, modRevision: number) => void;
}

/**
 * Reads every key from each member's own store (learners included) at one revision, and compares key, revisions, version,
 * lease, and the value unless that is left out. Holds one page of about 4 MiB for each member. One try; failures are the members' own.
 */
export async function walkKeyspaces(
	members: readonly KeySource[],
	revision: bigint,
	options: KeyspaceOptions,
): Promise<KeyspaceComparison> {
	const names = members.map(({ name }) => name);
	const { visit } = options;
	const stored = options.keysOnly ? await members[0]?.client.status(callOptions(options)) : undefined;
	const size = new PageSize(Number(stored?.dbSizeInUse ?? 0));
	const differences: KeyDifference[] = [];
	let [keys, bytes, differing] = [0, 0, 0];
	const stretch = new KeyStretch();
	for (let more = true; more; ) {
		const pages = await readPages(members, stretch, revision, size, options);
		const [first, ...others] = pages;
		if (!first) {
			throw new RangeError("there are no members to compare");
		}
		const end = horizon(pages);
		// Encodings are the same in nearly every page; where they are not, what they mean decides.
		if (others.every((page) => samePage(page, first))) {
			keys += first.kvs.length;
		} else {
			const compared = comparePages(names, pages);
			keys += compared.keys;
			differing += compared.differences.length;
			differences.push(...compared.differences.slice(0, DIFFERENCES_TOLD - differences.length));
		}
		bytes += first.bytes.length;
		if (visit) {
			visitKeys(first, end, visit);
		}
		options.onProgress?.({ keys, bytes });
		size.learn(first);
		more = stretch.advance(first, end);
	}
	return { equal: differing === 0, keys, bytes, differences, differing };
}

function samePage(a: RawRangeResponse, b: RawRangeResponse): boolean {
	return a.more === b.more && a.kvs.length === b.kvs.length && Buffer.compare(a.bytes, b.bytes) === 0;
}

function visitKeys(page: RawRangeResponse, end: Uint8Array | undefined, visit: (key: Uint8Array, mod: number) => void) {
	for (const raw of page.kvs) {
		const found = keyAndModRevision(raw);
		if (!found) {
			throw new TypeError("a key came in an encoding that is not etcd's");
		}
		if (end && Buffer.compare(found.key, end) > 0) {
			return;
		}
		visit(found.key, found.modRevision);
	}
}
