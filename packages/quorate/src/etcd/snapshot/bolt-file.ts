import { type FileHandle, open } from "node:fs/promises";
import { META_AREA, PAGE_HEADER_SIZE, readMeta } from "./bolt-meta.ts";
import { branchChildren, type LeafElement, leafElements, MalformedPage, pageKind } from "./bolt-page.ts";
import { snapshotInvalid } from "./snapshot-invalid.ts";

/** A page with its overflow holds a few values at most, each within etcd's --max-request-bytes (1.5 MiB unless raised). */
const LARGEST_READ = 64 << 20;
const DEEPEST = 64;
const BUCKET_HEADER_SIZE = 16;

/**
 * Reads a bbolt file page by page, as etcd's backend writes it. Trusts nothing: whatever the bytes are, it ends, within
 * bounded memory, with what it read or with SnapshotInvalid.
 */
export class BoltFile {
	readonly path: string;
	readonly #file: FileHandle;
	readonly #pageSize: number;
	readonly #pages: number;
	readonly #root: bigint;

	private constructor(path: string, file: FileHandle, pageSize: number, pages: number, root: bigint) {
		this.path = path;
		this.#file = file;
		this.#pageSize = pageSize;
		this.#pages = pages;
		this.#root = root;
	}

	/** @param size bytes of the file that are the database's */
	static async open(path: string, size: number): Promise<BoltFile> {
		const file = await open(path, "r");
		try {
			const start = Buffer.alloc(Math.min(META_AREA, size));
			await file.read(start, 0, start.length, 0);
			const meta = readMeta(start);
			if (!meta) {
				throw snapshotInvalid(path, "neither meta page of the database is valid");
			}
			if (meta.pages * BigInt(meta.pageSize) > BigInt(size)) {
				throw snapshotInvalid(
					path,
					`the database has ${meta.pages} pages of ${meta.pageSize} bytes; the file is shorter`,
				);
			}
			return new BoltFile(path, file, meta.pageSize, Number(meta.pages), meta.root);
		} catch (error) {
			await file.close();
			throw error;
		}
	}

	close(): Promise<void> {
		return this.#file.close();
	}

	/** The elements of a top-level bucket in key order, a page at a time. Views: copy what is kept. */
	async *bucket(name: string, signal?: AbortSignal): AsyncGenerator<LeafElement[]> {
		const value = await this.#find(name);
		if (!value) {
			throw snapshotInvalid(this.path, `there is no bucket "${name}": this is not etcd's database`);
		}
		if (value.length < BUCKET_HEADER_SIZE) {
			throw snapshotInvalid(this.path, `the bucket "${name}" is malformed`);
		}
		const root = value.readBigUInt64LE(0);
		if (root !== 0n) {
			yield* this.#leaves(root, signal);
			return;
		}
		// Small buckets lie within their parent's page.
		const page = value.subarray(BUCKET_HEADER_SIZE);
		if (page.length < PAGE_HEADER_SIZE) {
			throw snapshotInvalid(this.path, `the bucket "${name}" is malformed`);
		}
		yield this.#parse(`the bucket "${name}"`, () => leafElements(page));
	}

	async #find(name: string): Promise<Buffer | undefined> {
		for await (const elements of this.#leaves(this.#root)) {
			const found = elements.find(({ key, isBucket }) => isBucket && key.toString() === name);
			if (found) {
				return Buffer.from(found.value);
			}
		}
		return undefined;
	}

	async *#leaves(root: bigint, signal?: AbortSignal): AsyncGenerator<LeafElement[]> {
		const seen = new Uint8Array(Math.ceil(this.#pages / 8));
		const todo = [{ id: root, depth: 0 }];
		for (let next = todo.pop(); next; next = todo.pop()) {
			signal?.throwIfAborted();
			const { id, depth } = next;
			const page = await this.#read(id, seen);
			const what = `page ${id}`;
			if (this.#parse(what, () => pageKind(page)) === "leaf") {
				yield this.#parse(what, () => leafElements(page));
				continue;
			}
			if (depth === DEEPEST) {
				throw snapshotInvalid(this.path, `the tree of keys is deeper than ${DEEPEST} pages`);
			}
			const children = this.#parse(what, () => branchChildren(page));
			todo.push(...children.reverse().map((child) => ({ id: child, depth: depth + 1 })));
		}
	}

	#parse<T>(what: string, parse: () => T): T {
		try {
			return parse();
		} catch (error) {
			if (error instanceof MalformedPage) {
				throw snapshotInvalid(this.path, `${what} is malformed: ${error.message}`);
			}
			throw error;
		}
	}

	/** A page with its overflow. `seen`: each page belongs to one place in the tree only. */
	async #read(id: bigint, seen: Uint8Array): Promise<Buffer> {
		// 0 and 1 are the meta pages.
		if (id < 2n || id >= BigInt(this.#pages)) {
			throw snapshotInvalid(this.path, `page ${id} is referred to; the database has ${this.#pages}`);
		}
		const index = Number(id);
		const [slot, bit] = [index >> 3, 1 << (index & 7)];
		const marks = seen[slot] ?? 0;
		if (marks & bit) {
			throw snapshotInvalid(this.path, `page ${id} is referred to twice`);
		}
		seen[slot] = marks | bit;
		const page = await this.#bytes(index, 1);
		if (page.readBigUInt64LE(0) !== id) {
			throw snapshotInvalid(this.path, `page ${id} calls itself ${page.readBigUInt64LE(0)}`);
		}
		const overflow = page.readUInt32LE(12);
		if (overflow === 0) {
			return page;
		}
		if (index + overflow >= this.#pages || (overflow + 1) * this.#pageSize > LARGEST_READ) {
			throw snapshotInvalid(this.path, `page ${id} claims ${overflow} more pages`);
		}
		return this.#bytes(index, overflow + 1);
	}

	async #bytes(page: number, count: number): Promise<Buffer> {
		const bytes = Buffer.allocUnsafe(count * this.#pageSize);
		let done = 0;
		while (done < bytes.length) {
			const position = page * this.#pageSize + done;
			const { bytesRead } = await this.#file.read(bytes, done, bytes.length - done, position);
			if (bytesRead === 0) {
				throw snapshotInvalid(this.path, `the file ends within page ${page}`);
			}
			done += bytesRead;
		}
		return bytes;
	}
}
