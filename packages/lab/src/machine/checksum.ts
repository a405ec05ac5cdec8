const IPV4 = 0x0800;
const TCP = 6;
const UDP = 17;

/**
 * Fills in the TCP or UDP checksum of an Ethernet frame, in place. Kernels leave it out between network devices that are only software,
 * and a frame that passes a program has lost the note that says so. All other frames stay as they are.
 */
export function fillChecksum(frame: Buffer): void {
	if (frame.length < 34 || frame.readUInt16BE(12) !== IPV4) return;
	const header = 14;
	const start = header + (frame.readUInt8(header) & 0x0f) * 4;
	const end = header + frame.readUInt16BE(header + 2);
	const protocol = frame.readUInt8(header + 9);
	const fragment = (frame.readUInt16BE(header + 6) & 0x3fff) !== 0;
	const field = start + (protocol === TCP ? 16 : 6);
	if (fragment || (protocol !== TCP && protocol !== UDP) || end > frame.length || field + 2 > end) return;
	frame.writeUInt16BE(0, field);
	const addresses = sum(frame, header + 12, header + 20);
	const checksum = ~fold(addresses + protocol + (end - start) + sum(frame, start, end)) & 0xffff;
	// In UDP zero says that there is none.
	frame.writeUInt16BE(checksum === 0 && protocol === UDP ? 0xffff : checksum, field);
}

function sum(bytes: Buffer, start: number, end: number): number {
	let total = 0;
	for (let at = start; at + 1 < end; at += 2) total += bytes.readUInt16BE(at);
	return (end - start) % 2 === 1 ? total + bytes.readUInt8(end - 1) * 256 : total;
}

function fold(total: number): number {
	let folded = total;
	while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
	return folded;
}
