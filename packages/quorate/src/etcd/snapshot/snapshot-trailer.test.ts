import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TrailerCheck } from "./snapshot-trailer.ts";

const database = Buffer.alloc(3 * 512, "etcd");
const sum = createHash("sha256").update(database).digest();
const snapshot = Buffer.concat([database, sum]);

describe("TrailerCheck", () => {
	it("does not mind how the stream is cut into chunks", () => {
		const cuts = fc.array(fc.nat(snapshot.length), { maxLength: 60 });
		fc.assert(
			fc.property(cuts, (places) => {
				const check = new TrailerCheck();
				const ends = [...places, snapshot.length].sort((a, b) => a - b);
				ends.forEach((end, i) => {
					check.update(snapshot.subarray(ends[i - 1] ?? 0, end));
				});
				expect(check.size).toBe(snapshot.length);
				expect(check.finish()).toEqual({ sha256: sum.toString("hex"), wrong: undefined });
			}),
		);
	});

	it.each([
		["nothing", Buffer.alloc(0), /only 0 bytes/],
		["a checksum alone", sum, /only 32 bytes/],
		["no checksum", database, /checksum is missing/],
		["another checksum", Buffer.concat([database, Buffer.alloc(32)]), /does not match/],
	])("knows %s", (_, content, message) => {
		const check = new TrailerCheck();
		check.update(content);
		expect(check.finish().wrong).toMatch(message);
	});
});
