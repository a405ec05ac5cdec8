import { describe, expect, it } from "vitest";
import { statusOf } from "../scaling/testing/views.ts";
import { databaseSize, fragmentation } from "./database.ts";
import { inputOf, withMember, withSet } from "./testing/input.ts";

const GIB = 2n ** 30n;
const sized = (size: bigint, used: bigint, quota?: bigint) =>
	inputOf({
		view: withMember(1, { status: { ...statusOf(102n), dbSize: size, dbSizeInUse: used, dbSizeQuota: quota } }),
	});

describe("the database", () => {
	it.each([
		["below etcd's own quota", sized(GIB, GIB), "pass", /50 % of its quota of 2048 MiB/],
		[
			"at four fifths of it",
			sized((2n * GIB * 4n) / 5n + 1024n, GIB),
			"warn",
			/^mayastor-etcd-1's database is at 80 % of its quota/,
		],
		["of a member that tells its quota", sized(GIB, GIB, GIB), "warn", /100 % of its quota of 1024 MiB/],
	])("%s", (_, input, status, saw) =>
		expect(databaseSize(input)).toMatchObject({ status, saw: expect.stringMatching(saw) }),
	);

	it("has the quota that the template sets", () => {
		const { view } = sized(3n * GIB, GIB);
		const template = structuredClone(view.statefulSet.template);
		template.spec?.containers[0]?.env?.push({ name: "ETCD_QUOTA_BACKEND_BYTES", value: "8589934592" });
		expect(databaseSize(inputOf({ view: withSet({ template }, view) }))).toMatchObject({
			status: "pass",
			saw: expect.stringContaining("37 % of its quota of 8192 MiB"),
		});
	});

	it.each([
		["half of it free", sized(GIB, GIB / 2n), "warn", /^too many free pages: 50 % of the 1024 MiB of mayastor-etcd-1/],
		["less than half of it free", sized(GIB, GIB / 2n + GIB / 50n), "pass", /48 %/],
		["small", sized(GIB / 16n, 1n), "pass", /99 %/],
	])("%s", (_, input, status, saw) =>
		expect(fragmentation(input)).toMatchObject({ status, saw: expect.stringMatching(saw) }),
	);

	it("is unknown where nobody answers", () => {
		const { view } = inputOf();
		const silent = inputOf({ view: { ...view, etcd: { ...view.etcd, members: [] } } });
		expect(databaseSize(silent).status).toBe("skip");
		expect(fragmentation(silent).status).toBe("skip");
	});
});
