/** Castagnoli's polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
	let crc = byte;
	for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
	return crc;
});

/** The CRC-32C of `bytes` after that of all before them. @param before 0 at the beginning */
export function crc32c(before: number, bytes: Uint8Array): number {
	let crc = ~before;
	// Not for-of: it runs once for every byte of the database.
	for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
	return ~crc >>> 0;
}
