/** The frames of SPDY/3.1 that Kubernetes uses. */
export const SYN_STREAM = 1;
export const SYN_REPLY = 2;
export const RST_STREAM = 3;
export const PING = 6;
export const GOAWAY = 7;
export const HEADERS = 8;

export const FIN = 1;
/** Reason of a RST_STREAM. */
export const PROTOCOL_ERROR = 1;
export const CANCEL = 5;

const VERSION = 3;
const HEADER = 8;
const CONTROL = 0x80;

export interface ControlFrame {
	control: true;
	type: number;
	flags: number;
	payload: Buffer;
}

export interface DataFrame {
	control: false;
	stream: number;
	flags: number;
	payload: Buffer;
}

export type Frame = ControlFrame | DataFrame;

export function controlFrame(type: number, flags: number, payload: Buffer): Buffer {
	const frame = Buffer.allocUnsafe(HEADER + payload.length);
	frame.writeUInt16BE((CONTROL << 8) | VERSION, 0);
	frame.writeUInt16BE(type, 2);
	frame.writeUInt32BE(((flags << 24) | payload.length) >>> 0, 4);
	payload.copy(frame, HEADER);
	return frame;
}

export function dataFrame(stream: number, flags: number, payload: Buffer): Buffer {
	const frame = Buffer.allocUnsafe(HEADER + payload.length);
	frame.writeUInt32BE(stream, 0);
	frame.writeUInt32BE(((flags << 24) | payload.length) >>> 0, 4);
	payload.copy(frame, HEADER);
	return frame;
}

/** Cuts a byte stream into frames. */
export class FrameReader {
	#chunks: Buffer[] = [];
	#length = 0;

	push(chunk: Buffer): void {
		this.#chunks.push(chunk);
		this.#length += chunk.length;
	}

	/** The next frame, if all of it is there. */
	next(): Frame | undefined {
		if (this.#length < HEADER) return undefined;
		const head = this.#peek(HEADER);
		const size = head.readUIntBE(5, 3);
		if (this.#length < HEADER + size) return undefined;
		const frame = this.#take(HEADER + size);
		const flags = frame[4] ?? 0;
		const payload = frame.subarray(HEADER);
		const first = frame.readUInt32BE(0);
		if (first >>> 31 === 0) return { control: false, stream: first, flags, payload };
		return { control: true, type: frame.readUInt16BE(2), flags, payload };
	}

	/** Joins chunks only as far as the first bytes need it. */
	#peek(size: number): Buffer {
		let [first] = this.#chunks;
		if (first === undefined || first.length < size) {
			first = Buffer.concat(this.#chunks);
			this.#chunks = [first];
		}
		return first;
	}

	#take(size: number): Buffer {
		const first = this.#peek(size);
		const rest = first.subarray(size);
		if (rest.length > 0) this.#chunks[0] = rest;
		else this.#chunks.shift();
		this.#length -= size;
		return first.subarray(0, size);
	}
}
