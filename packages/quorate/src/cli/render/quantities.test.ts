import { describe, expect, it } from "vitest";
import { formatBytes, formatCount, formatDuration, hexId, plural } from "./quantities.ts";

describe("quantities", () => {
	it.each([
		[0, "0 B"],
		[999, "999 B"],
		[1000, "1.0 kB"],
		[9949, "9.9 kB"],
		[9950, "10 kB"],
		[25_165_824n, "25 MB"],
		[999_500, "1.0 MB"],
		[2_147_483_648, "2.1 GB"],
	])("%s bytes are %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

	it.each([
		[40, "0.0s"],
		[1234, "1.2s"],
		[12_400, "12s"],
		[59_700, "1m00s"],
		[185_000, "3m05s"],
		[3_720_000, "1h02m"],
	])("%s milliseconds are %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

	it("counts and ids", () => {
		expect(formatCount(1234567n)).toBe("1,234,567");
		expect(plural(1, "volume")).toBe("1 volume");
		expect(plural(0, "volume")).toBe("0 volumes");
		expect(plural(2, "key hit", "keys hit")).toBe("2 keys hit");
		expect(hexId(0x8e9e05c52164694dn)).toBe("8e9e05c52164694d");
	});
});
