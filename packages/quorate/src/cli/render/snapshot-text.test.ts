import { expect, it } from "vitest";
import { plainStyle } from "../testing/plain-style.ts";
import { snapshotReportText } from "./snapshot-text.ts";

it("says what the sizes of a snapshot are of", () => {
	const info = {
		path: "/x.db",
		size: 2_000_000,
		dbSize: 1_999_968,
		sha256: "ab",
		revision: 1200n,
		compactRevision: 0n,
		keys: 1177,
		clusterVersion: "3.5.0",
		storageVersion: undefined,
		members: [],
	};
	const survey = {
		hash: 1,
		pages: { total: 488, used: 480 },
		buckets: [],
		writes: 1200,
		bytes: 780_288,
		prefixes: [{ prefix: Buffer.from("/a/"), keys: 7, bytes: 1024 }],
	};
	const text = snapshotReportText(info as never, survey as never, 10, plainStyle());
	expect(text).toContain("Keys:      1,177 at that revision, 762 KiB with their values; 1,200 writes in the history");
	expect(text.find((line) => line.endsWith("PREFIX"))).toMatch(/KEYS +WITH VALUES +PREFIX$/);
});
