import { constants, createDeflate, createInflate, type Deflate, type Inflate } from "node:zlib";
import { dictionary } from "./dictionary.ts";

/** Room for the headers of one frame: the inflater must never wait for a reader. */
const HEADERS_ROOM = 1024 * 1024;

export type Headers = Map<string, string>;

/** Compresses and expands header blocks: one zlib stream each way for the whole connection. */
export class HeaderCodec {
	readonly #inflate: Inflate;
	readonly #deflate: Deflate;

	constructor() {
		// A block must end in a sync flush: Go's reader waits for more otherwise.
		const flush = constants.Z_SYNC_FLUSH;
		const options = { dictionary, flush, finishFlush: flush, readableHighWaterMark: HEADERS_ROOM };
		this.#inflate = createInflate(options);
		this.#deflate = createDeflate(options);
	}

	async read(block: Buffer): Promise<Headers> {
		return decode(await through(this.#inflate, block));
	}

	async write(headers: Headers): Promise<Buffer> {
		return through(this.#deflate, encode(headers));
	}

	close(): void {
		this.#inflate.destroy();
		this.#deflate.destroy();
	}
}

async function through(codec: Inflate | Deflate, input: Buffer): Promise<Buffer> {
	await new Promise<void>((resolve, reject) => {
		codec.once("error", reject);
		codec.write(input, (error) => {
			codec.off("error", reject);
			if (error) reject(error);
			else resolve();
		});
	});
	const output: Buffer[] = [];
	for (let chunk = codec.read(); chunk !== null; chunk = codec.read()) output.push(chunk);
	return Buffer.concat(output);
}

function encode(headers: Headers): Buffer {
	const parts: Buffer[] = [count(headers.size)];
	for (const text of [...headers].flat()) {
		const bytes = Buffer.from(text);
		parts.push(count(bytes.length), bytes);
	}
	return Buffer.concat(parts);
}

const count = (value: number): Buffer => {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes;
};

/** @throws RangeError where the block is cut short */
function decode(block: Buffer): Headers {
	let offset = 0;
	const number = () => {
		const value = block.readUInt32BE(offset);
		offset += 4;
		return value;
	};
	const text = () => {
		const length = number();
		if (offset + length > block.length) throw new RangeError("header block is cut short");
		const value = block.toString("utf8", offset, offset + length);
		offset += length;
		return value;
	};
	const headers: Headers = new Map();
	for (let left = number(); left > 0; left--) {
		const name = text().toLowerCase();
		headers.set(name, text());
	}
	return headers;
}
