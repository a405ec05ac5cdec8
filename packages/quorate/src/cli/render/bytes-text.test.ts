import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesText, shownBytes } from "./bytes-text.ts";

const ofText = (text: string) => Buffer.from(text);

describe("bytes as text", () => {
	it("are text where they are plain text, and can always be told apart from hex", () => {
		expect(bytesText(ofText('{"name":"größe"}\n'))).toBe('{"name":"größe"}\n');
		expect(bytesText(Uint8Array.of(0x6b, 0x38, 0x73, 0))).toBe("0x6b387300");
		expect(bytesText(ofText("0x12"))).toBe("0x30783132");
		expect(bytesText(Uint8Array.of(0xff))).toBe("0xff");
		fc.assert(
			fc.property(fc.uint8Array(), (bytes) => {
				const text = bytesText(bytes);
				const back = text.startsWith("0x") ? Buffer.from(text.slice(2), "hex") : Buffer.from(text);
				expect(back.equals(bytes)).toBe(true);
			}),
		);
	});

	it("never hold anything that a terminal would act upon", () => {
		expect(shownBytes(ofText("a\u001b[31mb\nc\u009b\u202e"), 80, "…")).toBe("a\\u001b[31mb\\nc\\u009b\\u202e");
		expect(bytesText(ofText("\u001b]0;title\u0007"))).toMatch(/^0x/);
		const texts = fc.string({ unit: "binary", maxLength: 200 }).map(ofText);
		fc.assert(
			fc.property(
				fc.oneof(texts, fc.uint8Array({ maxLength: 400 })),
				fc.integer({ min: 4, max: 90 }),
				(bytes, columns) => {
					const shown = shownBytes(bytes, columns, "…");
					expect(shown.length).toBeLessThanOrEqual(columns);
					expect(shown).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028]/u);
				},
			),
		);
	});

	it("are cut with a mark", () => {
		expect(shownBytes(ofText("ä".repeat(200)), 10, "…")).toBe(`${"ä".repeat(9)}…`);
		expect(shownBytes(ofText("1234567890"), 10, "…")).toBe("1234567890");
	});
});
