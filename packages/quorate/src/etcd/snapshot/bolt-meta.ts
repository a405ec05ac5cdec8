const MAGIC = 0xed0cdaed;
const VERSION = 2;
export const PAGE_HEADER_SIZE = 16;
const META_SIZE = 64;
/** The checksum is over all fields before it. */
const CHECKSUM_OFFSET = 56;
const SMALLEST_PAGE = 1024;
const LARGEST_PAGE = 64 << 10;
/** As much of the file as both meta pages can take, whatever the page size. */
export const META_AREA = LARGEST_PAGE + PAGE_HEADER_SIZE + META_SIZE;

/** bbolt's entry point into a file (its layout is in bbolt's internal/common/meta.go). */
export interface BoltMeta {
	pageSize: number;
	/** page of the bucket that holds all buckets */
	root: bigint;
	/** number of pages in the file */
	pages: bigint;
	transaction: bigint;
}

function fnv64a(bytes: Uint8Array): bigint {
	let hash = 0xcbf29ce484222325n;
	for (const byte of bytes) {
		hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
	}
	return hash;
}

function metaAt(file: Buffer, page: number): BoltMeta | undefined {
	const meta = file.subarray(page + PAGE_HEADER_SIZE, page + PAGE_HEADER_SIZE + META_SIZE);
	if (meta.length < META_SIZE || meta.readUInt32LE(0) !== MAGIC || meta.readUInt32LE(4) !== VERSION) {
		return undefined;
	}
	if (meta.readBigUInt64LE(CHECKSUM_OFFSET) !== fnv64a(meta.subarray(0, CHECKSUM_OFFSET))) {
		return undefined;
	}
	const pageSize = meta.readUInt32LE(8);
	if (pageSize < SMALLEST_PAGE || pageSize > LARGEST_PAGE || (pageSize & (pageSize - 1)) !== 0) {
		return undefined;
	}
	return {
		pageSize,
		root: meta.readBigUInt64LE(16),
		pages: meta.readBigUInt64LE(40),
		transaction: meta.readBigUInt64LE(48),
	};
}

/** The newest valid one of the two meta pages, given the beginning of the file. Undefined: there is none. */
export function readMeta(file: Buffer): BoltMeta | undefined {
	const first = metaAt(file, 0);
	if (first) {
		const second = metaAt(file, first.pageSize);
		return second && second.transaction > first.transaction ? second : first;
	}
	// Without the first, where the second lies has to be tried.
	for (let size = SMALLEST_PAGE; size <= LARGEST_PAGE; size *= 2) {
		const second = metaAt(file, size);
		if (second?.pageSize === size) {
			return second;
		}
	}
	return undefined;
}
