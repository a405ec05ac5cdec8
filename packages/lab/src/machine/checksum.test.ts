import { describe, expect, it } from "vitest";
import { fillChecksum } from "./checksum.ts";

const ADDRESSES = "c6120102c6120202";

/** An Ethernet frame with an IPv4 packet from 198.18.1.2 to 198.18.2.2. */
function frame(protocol: number, payload: string, options: { padding?: number; fragment?: string } = {}): Buffer {
	const length = (20 + payload.length / 2).toString(16).padStart(4, "0");
	const { padding = 0, fragment = "4000" } = options;
	const header = `4500${length}0001${fragment}40${protocol.toString(16).padStart(2, "0")}0000${ADDRESSES}`;
	return Buffer.from(`${"02".repeat(12)}0800${header}${payload}${"ff".repeat(padding)}`, "hex");
}

/** Ones' complement sum over the pseudo header and the segment, checksum included: all ones where it is right (RFC 1071). */
function verifies(packet: Buffer, protocol: number, segmentLength: number): boolean {
	const segment = packet.subarray(34, 34 + segmentLength);
	const pseudo = Buffer.from(`${ADDRESSES}00${protocol.toString(16).padStart(2, "0")}`, "hex");
	const length = Buffer.from([segmentLength >> 8, segmentLength & 0xff]);
	const even = segmentLength % 2 === 1 ? Buffer.concat([segment, Buffer.of(0)]) : segment;
	const all = Buffer.concat([pseudo, length, even]);
	let sum = 0;
	for (let at = 0; at < all.length; at += 2) {
		sum += all.readUInt16BE(at);
		if (sum > 0xffff) sum -= 0xffff;
	}
	return sum === 0xffff;
}

const TCP_HEADER = "094b0948000000010000000250100100abcd0000";

describe("checksum", () => {
	it.each([0, 1, 2, 7, 100, 1459])("TCP with %i bytes", (bytes) => {
		const packet = frame(6, TCP_HEADER + "a7".repeat(bytes), { padding: 3 });
		expect(verifies(packet, 6, 20 + bytes)).toBe(false);
		fillChecksum(packet);
		expect(verifies(packet, 6, 20 + bytes)).toBe(true);
	});

	it("UDP, which writes zero as all ones", () => {
		for (let value = 0; value < 0x10000; value += 0x11) {
			const packet = frame(17, `0035003500 0a0000${value.toString(16).padStart(4, "0")}`.replaceAll(" ", ""));
			fillChecksum(packet);
			expect(verifies(packet, 17, 10)).toBe(true);
			expect(packet.readUInt16BE(40)).not.toBe(0);
		}
	});

	it.each([
		["ARP", Buffer.from(`${"02".repeat(12)}0806${"00".repeat(28)}`, "hex")],
		["ICMP", frame(1, "0800f7ff00000000")],
		["a fragment", frame(6, TCP_HEADER, { fragment: "2000" })],
		["a later fragment", frame(6, TCP_HEADER, { fragment: "0010" })],
		["a segment that is cut short", frame(6, TCP_HEADER).subarray(0, 45)],
		["next to nothing", Buffer.alloc(5)],
	])("%s stays as it is", (_, packet) => {
		const before = Buffer.from(packet);
		fillChecksum(packet);
		expect(packet.equals(before)).toBe(true);
	});
});
