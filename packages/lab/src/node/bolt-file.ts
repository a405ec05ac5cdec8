import { open } from "node:fs/promises";

/** A page's own header comes before the meta data. */
const META = 16;
const META_LENGTH = 64;
const MAGIC = 0xed0cdaed;
/** "no list of free pages": whoever opens the file finds them */
const NO_FREELIST = 0xffff_ffff_ffff_ffffn;

/**
 * Makes a bbolt database that nobody has open `size` bytes large, with nothing but free pages in what is new: as one is that held much and
 * was emptied. The file is sparse, so that it takes no more of the disk. Throws Error where that cannot be done.
 *
 * The format: https://github.com/etcd-io/bbolt/blob/v1.3.8/db.go (type meta), https://github.com/etcd-io/bbolt/blob/v1.3.8/page.go
 */
export async function growBoltFile(path: string, size: number): Promise<void> {
	const file = await open(path, "r+");
	try {
		const first = Buffer.alloc(META + META_LENGTH);
		await file.read(first, 0, first.length, 0);
		const pageSize = first.readUInt32LE(META + 8);
		if (first.readUInt32LE(META) !== MAGIC || pageSize < 512) throw new Error(`${path} is no bbolt database`);
		const pages = BigInt(Math.ceil(size / pageSize));
		let changed = 0;
		for (const page of [0, 1]) {
			const meta = Buffer.alloc(META_LENGTH);
			await file.read(meta, 0, META_LENGTH, page * pageSize + META);
			// The one that was being written when its process died.
			if (meta.readUInt32LE(0) !== MAGIC || meta.readBigUInt64LE(56) !== checksum(meta)) continue;
			if (meta.readBigUInt64LE(32) !== NO_FREELIST) throw new Error(`${path} keeps a list of its free pages`);
			if (meta.readBigUInt64LE(40) < pages) meta.writeBigUInt64LE(pages, 40);
			meta.writeBigUInt64LE(checksum(meta), 56);
			await file.write(meta, 0, META_LENGTH, page * pageSize + META);
			changed++;
		}
		if (changed === 0) throw new Error(`${path} has no valid meta page`);
		const length = Number(pages) * pageSize;
		if ((await file.stat()).size < length) await file.truncate(length);
		await file.sync();
	} finally {
		await file.close();
	}
}

/** 64-bit FNV-1a of what comes before it. */
function checksum(meta: Buffer): bigint {
	let hash = 0xcbf29ce484222325n;
	for (const byte of meta.subarray(0, 56)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
	return hash;
}
