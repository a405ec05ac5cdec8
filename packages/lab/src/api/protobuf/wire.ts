import { badRequest } from "../machinery/errors.ts";

/** One field of a protobuf message: its number, and a number (varint, fixed) or bytes. */
export interface WireField {
	number: number;
	value: bigint | Uint8Array;
}

const broken = () => badRequest("error decoding body: the protobuf message is cut off or malformed");

/** The fields of a message, in the order in which they were written. @throws {ApiError} 400 */
export function* wireFields(bytes: Uint8Array): Generator<WireField> {
	let offset = 0;
	const varint = (): bigint => {
		let result = 0n;
		for (let shift = 0n; shift < 70n; shift += 7n) {
			const byte = bytes[offset++];
			if (byte === undefined) throw broken();
			result |= BigInt(byte & 0x7f) << shift;
			if (byte < 0x80) return BigInt.asUintN(64, result);
		}
		throw broken();
	};
	const take = (length: number): Uint8Array => {
		if (offset + length > bytes.length) throw broken();
		offset += length;
		return bytes.subarray(offset - length, offset);
	};
	const fixed = (length: number) => take(length).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
	while (offset < bytes.length) {
		const tag = varint();
		const number = Number(tag >> 3n);
		switch (Number(tag & 7n)) {
			case 0:
				yield { number, value: varint() };
				break;
			case 1:
				yield { number, value: fixed(8) };
				break;
			case 2:
				yield { number, value: take(Number(varint())) };
				break;
			case 5:
				yield { number, value: fixed(4) };
				break;
			default:
				throw broken();
		}
	}
}

export const utf8 = (value: bigint | Uint8Array): string => {
	if (typeof value === "bigint") throw broken();
	return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("utf8");
};

export const signed = (value: bigint | Uint8Array): number => {
	if (typeof value !== "bigint") throw broken();
	return Number(BigInt.asIntN(64, value));
};

export const message = (value: bigint | Uint8Array): Uint8Array => {
	if (typeof value === "bigint") throw broken();
	return value;
};
