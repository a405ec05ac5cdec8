import { type FileHandle, open } from "node:fs/promises";
import { META_AREA, PAGE_HEADER_SIZE, readMeta } from "./bolt-meta.ts";
import { branchChildren, type LeafElement, leafElements, MalformedPage, pageKind } from "./bolt-page.ts";
import { snapshotInvalid } from "./snapshot-invalid.ts";

/** A page with its overflow holds a few values at most, each within etcd's --max-request-bytes (1.5 MiB unless raised). */
const LARGEST_READ = 64 << 20;
const DEEPEST = 64;
/** Most of a history lies in the order in which it is read. */
const READ_AHEAD = 256 << 10;
/** Pages between that still count as the next. */
const NEAR = 16;
const BUCKET_HEADER_SIZE = 16;

/** A bit for each page that a walk has come upon. */
export type PageMarks = Uint8Array;

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
	/** pages that were read last */
	#ahead: { start: number; end: number; bytes: Buffer } = { start: 0, end: 0, bytes: Buffer.alloc(0) };

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

	/** of the database, the unused ones included */
	get pages(): number {
		return this.#pages;
	}

	/** A mark for each page: give the same ones to several walks, and none of them may come upon a page of another's. */
	newMarks(): PageMarks {
		return new Uint8Array(Math.ceil(this.#pages / 8));
	}

	/** Names of the top-level buckets, in order. Copies. */
	async bucketNames(marks: PageMarks = this.newMarks()): Promise<Buffer[]> {
		const names: Buffer[] = [];
		for await (const elements of this.#leaves(this.#root, marks)) {
			for (const { key, isBucket } of elements) {
				if (!isBucket) throw snapshotInvalid(this.path, "there is a value outside all buckets");
				names.push(Buffer.from(key));
			}
		}
		return names;
	}

	/** The elements of a top-level bucket in key order, a page at a time. Views: copy what is kept. */
	async *bucket(name: string, signal?: AbortSignal, marks = this.newMarks()): AsyncGenerator<LeafElement[]> {
		const value = await this.#find(name);
		if (!value) {
			throw snapshotInvalid(this.path, `there is no bucket "${name}": this is not etcd's database`);
		}
		if (value.length < BUCKET_HEADER_SIZE) {
			throw snapshotInvalid(this.path, `the bucket "${name}" is malformed`);
		}
		const root = value.readBigUInt64LE(0);
		if (root !== 0n) {
			yield* this.#leaves(root, marks, signal);
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
		for await (const elements of this.#leaves(this.#root, this.newMarks())) {
			const found = elements.find(({ key, isBucket }) => isBucket && key.toString() === name);
			if (found) {
				return Buffer.from(found.value);
			}
		}
		return undefined;
	}

	async *#leaves(root: bigint, marks: PageMarks, signal?: AbortSignal): AsyncGenerator<LeafElement[]> {
		const todo = [{ id: root, depth: 0 }];
		for (let next = todo.pop(); next; next = todo.pop()) {
			signal?.throwIfAborted();
			const { id, depth } = next;
			const page = await this.#read(id, marks);
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

	/** A page with its overflow, each of which belongs to one place in the tree only. */
	async #read(id: bigint, marks: PageMarks): Promise<Buffer> {
		// 0 and 1 are the meta pages.
		if (id < 2n || id >= BigInt(this.#pages)) {
			throw snapshotInvalid(this.path, `page ${id} is referred to; the database has ${this.#pages}`);
		}
		const index = Number(id);
		this.#mark(index, marks);
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
		for (let more = 1; more <= overflow; more++) this.#mark(index + more, marks);
		return this.#bytes(index, overflow + 1);
	}

	#mark(page: number, marks: PageMarks): void {
		const [slot, bit] = [page >> 3, 1 << (page & 7)];
		const before = marks[slot] ?? 0;
		if (before & bit) throw snapshotInvalid(this.path, `page ${page} is referred to twice`);
		marks[slot] = before | bit;
	}

	/** Views into what was read, which is never written again. */
	async #bytes(page: number, count: number): Promise<Buffer> {
		const behind = page - this.#ahead.end;
		const { start, end, bytes } = this.#ahead;
		if (page >= start && page + count <= end)
			return bytes.subarray((page - start) * this.#pageSize, (page - start + count) * this.#pageSize);
		const isNext = behind >= 0 && behind < NEAR;
		const wanted = isNext ? Math.max(count, Math.floor(READ_AHEAD / this.#pageSize)) : count;
		const read = Math.min(wanted, this.#pages - page);
		this.#ahead = { start: page, end: page + read, bytes: await this.#fromFile(page, read) };
		return this.#ahead.bytes.subarray(0, count * this.#pageSize);
	}

	async #fromFile(page: number, count: number): Promise<Buffer> {
		const bytes = Buffer.allocUnsafeSlow(count * this.#pageSize);
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
