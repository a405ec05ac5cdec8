import type { DataOwner } from "./cluster-view.ts";

/** As protocol buffers write a number: seven bits a byte, the lowest first. */
function varint(id: bigint): string {
	let hex = "";
	for (let rest = id; ; rest >>= 7n) {
		const low = Number(rest & 0x7fn);
		const more = rest > 0x7fn;
		hex += (more ? low | 0x80 : low).toString(16).padStart(2, "0");
		if (!more) return hex;
	}
}

/**
 * The bytes, in hexadecimal, that etcd writes into the second record of each file of its write-ahead log: its own id and the
 * cluster's (`etcdserverpb.Metadata`). The same in etcd 3.4 to 3.7.
 */
export const ownerMark = ({ member, cluster }: { member: bigint; cluster: bigint }): string =>
	`08${varint(member)}${clusterMark(cluster)}`;

/** The last part of it. */
export const clusterMark = (cluster: bigint): string => `10${varint(cluster)}`;

/** Bytes of a log file that hold the first two records, whatever the ids are. */
export const HEAD_BYTES = 96;

/** Reads the beginning of a log file, in hexadecimal. */
export function readOwner(head: string): DataOwner {
	const unknown: DataOwner = { member: undefined, cluster: undefined };
	const bytes = Buffer.from(head, "hex");
	try {
		// the first record is a checksum, padded to eight bytes
		const first = Number(bytes.readBigUInt64LE(0) & 0xffffffn);
		const second = 8 + Math.ceil(first / 8) * 8 + 8;
		let at = second;
		const read = (): bigint => {
			let value = 0n;
			for (let shift = 0n; ; shift += 7n) {
				const byte = bytes.readUInt8(at++);
				value |= BigInt(byte & 0x7f) << shift;
				if (byte < 0x80) return value;
			}
		};
		const field = (tag: bigint): bigint => {
			if (read() !== tag) throw new RangeError("another field");
			return read();
		};
		// type 1 is metadata; a checksum follows; then the length of the data
		if (field(0x08n) !== 1n) return unknown;
		field(0x10n);
		field(0x1an);
		return { member: field(0x08n), cluster: field(0x10n) };
	} catch {
		return unknown;
	}
}
