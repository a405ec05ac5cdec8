import fc from "fast-check";
import { expect, it } from "vitest";
import { dictionary } from "./dictionary.ts";
import { HeaderCodec } from "./headers.ts";

it("reads back header blocks in the order written, whatever their size", async () => {
	const name = fc.string({ minLength: 1 }).map((text) => text.toLowerCase());
	const headers = fc.uniqueArray(fc.tuple(name, fc.string({ maxLength: 5000, size: "max" })), {
		selector: ([key]) => key,
	});
	await fc.assert(
		fc.asyncProperty(fc.array(headers, { maxLength: 4 }), async (blocks) => {
			const codec = new HeaderCodec();
			for (const block of blocks) {
				const written = new Map(block.filter(([key]) => key === key.toLowerCase()));
				const bytes = await codec.write(written);
				expect(bytes.subarray(-4)).toEqual(Buffer.from([0, 0, 0xff, 0xff]));
				expect(await codec.read(bytes)).toEqual(written);
			}
			codec.close();
		}),
		{ numRuns: 30 },
	);
});

it("rejects what is no block", async () => {
	await expect(new HeaderCodec().read(Buffer.from("not zlib"))).rejects.toThrow();
});

it("starts from SPDY/3's own dictionary", () => {
	expect(dictionary.length).toBe(1423);
});
