import { Code, ConnectError } from "@connectrpc/connect";
import { EtcdError, type RawRangeResponse } from "../etcd/member-client.ts";
import { callOptions, type KeySource, type ProofOptions } from "./proof-member.ts";

/** What a page should weigh, to the member that reads it. One is held for each member. */
const PAGE_BYTES = 4 << 20;
const MOST_KEYS = 4096;

/** How many keys to ask for, so that a page stays near its weight whatever the values' sizes. */
export class PageSize {
	#keys = 16;
	readonly #storedBytes: number;
	#weight: number | undefined;

	/**
	 * @param storedBytes of the whole store: where values are not answered, a member reads them all the same, and what a key weighs can only be
	 * told from how many there are. @default 0
	 */
	constructor(storedBytes = 0) {
		this.#storedBytes = storedBytes;
	}

	get keys(): number {
		return this.#keys;
	}

	/** Learns from a page that was read, the first from the store's beginning to its end. Grows slowly: the next values may be larger. */
	learn(page: Pick<RawRangeResponse, "bytes" | "kvs" | "count">): void {
		this.#weight ??= this.#storedBytes / Math.max(Number(page.count), 1);
		const average = Math.max(page.bytes.length / Math.max(page.kvs.length, 1), this.#weight, 1);
		this.#keys = Math.max(1, Math.min(Math.floor(PAGE_BYTES / average), this.#keys * 4, MOST_KEYS));
	}

	/** A page was larger than a client takes. False: it was a single key already. */
	shrink(): boolean {
		const shrunk = this.#keys > 1;
		this.#keys = Math.max(1, this.#keys >> 3);
		return shrunk;
	}
}

/** The same page of each member's own store: the first keys of `range`, as many as `size` says. */
export async function readPages(
	members: readonly KeySource[],
	range: { start: Uint8Array; end: Uint8Array },
	revision: bigint,
	size: PageSize,
	{ keysOnly = false, ...options }: ProofOptions & { keysOnly?: boolean },
): Promise<RawRangeResponse[]> {
	for (;;) {
		const request = { key: range.start, rangeEnd: range.end, revision, limit: size.keys, serializable: true, keysOnly };
		try {
			return await Promise.all(
				members.map(async ({ name, client }) => {
					const page = await client.rangeRaw(request, callOptions(options));
					if (page.more && !page.lastKey) {
						throw new EtcdError("Other", "Range", name, "a page without keys is said not to be the last");
					}
					return page;
				}),
			);
		} catch (error) {
			if (!(tooLarge(error) && size.shrink())) {
				throw error;
			}
		}
	}
}

function tooLarge(error: unknown): boolean {
	const cause = error instanceof EtcdError ? error.cause : undefined;
	return cause instanceof ConnectError && cause.code === Code.ResourceExhausted;
}
