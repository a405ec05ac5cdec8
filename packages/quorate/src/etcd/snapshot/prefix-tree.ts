/** Keys below one prefix that are in no other prefix of the same list. */
export interface PrefixShare {
	/** ends behind a "/"; empty: keys without any */
	prefix: Buffer;
	keys: number;
	/** of these keys, as etcd encodes them with their values */
	bytes: number;
}

const SLASH = 0x2f;
/** A folder of more folders than this is told as one. */
const WIDEST = 128;
const DEEPEST = 24;
/** Keys in a folder that is told of beside others, on average. */
const SMALLEST_SHARE = 3;

class Folder {
	keys = 0;
	bytes = 0;
	/** Directly in it. */
	ownKeys = 0;
	ownBytes = 0;
	/** By name, in latin1; undefined once there were too many. */
	folders: Map<string, Folder> | undefined = new Map();
}

/**
 * Takes keys for paths and counts them by folder, in bounded memory: a folder of very many (one for each object, most likely)
 * is counted as a whole.
 */
export class PrefixTree {
	readonly #root = new Folder();

	add(key: Uint8Array, bytes: number): void {
		let folder = this.#root;
		let start = 0;
		for (let depth = 0; ; depth++) {
			folder.keys++;
			folder.bytes += bytes;
			const slash = key.indexOf(SLASH, start);
			if (slash < 0 || depth === DEEPEST) break;
			const { folders } = folder;
			if (!folders) return;
			const name = Buffer.from(key.buffer, key.byteOffset + start, slash + 1 - start).toString("latin1");
			let inner = folders.get(name);
			if (!inner) {
				if (folders.size === WIDEST) {
					folder.folders = undefined;
					return;
				}
				inner = new Folder();
				folders.set(name, inner);
			}
			folder = inner;
			start = slash + 1;
		}
		folder.ownKeys++;
		folder.ownBytes += bytes;
	}

	/** As deep as all folders of one depth fit into `limit` rows. In the order of the prefixes. */
	shares(limit: number): PrefixShare[] {
		let rows: Row[] = [{ prefix: "", folder: this.#root, whole: true }];
		for (;;) {
			const deeper = rows.flatMap(open);
			if (deeper.length > limit || (deeper.length === rows.length && deeper.every((row, i) => row === rows[i]))) break;
			rows = deeper;
		}
		return rows
			.filter(({ folder }) => folder.keys > 0)
			.map(({ prefix, folder, whole }) => ({
				prefix: Buffer.from(prefix, "latin1"),
				keys: whole ? folder.keys : folder.ownKeys,
				bytes: whole ? folder.bytes : folder.ownBytes,
			}))
			.sort((a, b) => Buffer.compare(a.prefix, b.prefix));
	}
}

interface Row {
	prefix: string;
	folder: Folder;
	/** with all below it, not only what is directly in it */
	whole: boolean;
}

function open(row: Row): Row[] {
	const { folders } = row.folder;
	if (!row.whole || !folders || folders.size === 0) return [row];
	const inner = [...folders].map(([name, folder]) => ({ prefix: row.prefix + name, folder, whole: true }));
	// A folder for each object tells no more than the one that they are all in.
	if (inner.length > 1 && row.folder.keys < SMALLEST_SHARE * inner.length) return [row];
	return row.folder.ownKeys > 0 ? [{ ...row, whole: false }, ...inner] : inner;
}
