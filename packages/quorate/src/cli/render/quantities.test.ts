import { describe, expect, it } from "vitest";
import { formatAge, formatBytes, formatCount, formatDuration, hexId, plural } from "./quantities.ts";

describe("quantities", () => {
	it.each([
		[0, "0 B"],
		[1000, "1000 B"],
		[1024, "1.0 KiB"],
		[10_188, "9.9 KiB"],
		[10_240, "10 KiB"],
		[25_165_824n, "24 MiB"],
		[1_048_200, "1.0 MiB"],
		[2_147_483_648, "2.0 GiB"],
	])("%s bytes are %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

	it.each([
		[40, "0.0s"],
		[1234, "1.2s"],
		[12_400, "12s"],
		[59_700, "1m00s"],
		[185_000, "3m05s"],
		[3_720_000, "1h02m"],
	])("%s milliseconds are %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

	it.each([
		[0, "0s"],
		[119, "119s"],
		[120, "2m"],
		[7199, "119m"],
		[7200, "2h"],
		[200_000, "2d"],
	])("%s seconds ago is %s", (seconds, text) => {
		const now = Date.parse("2026-11-21T10:00:00Z");
		expect(formatAge(new Date(now - seconds * 1000).toISOString(), now)).toBe(text);
		expect(formatAge("", now)).toBe("unknown");
	});

	it("counts and ids", () => {
		expect(formatCount(1234567n)).toBe("1,234,567");
		expect(plural(1, "volume")).toBe("1 volume");
		expect(plural(0, "volume")).toBe("0 volumes");
		expect(plural(2, "key hit", "keys hit")).toBe("2 keys hit");
		expect(hexId(0x8e9e05c52164694dn)).toBe("8e9e05c52164694d");
	});
});
