import { describe, expect, it } from "vitest";
import type { CheckResult } from "../../checks/index.ts";
import { sayOnce, toldBy } from "./say-once.ts";

const failed = (id: string, saw: string, hint?: string): CheckResult => ({
	id,
	group: "etcd",
	status: "fail",
	saw,
	why: "it matters",
	...(hint ? { hint } : {}),
});

const size = failed("quorum-tolerance", "5 members cannot be reached: it does not start", "start it");
const join = failed("join-known", "it does not start", "start it");
const other: CheckResult = { id: "lag", group: "etcd", status: "warn", saw: "late: it does not start", hint: "wait" };

describe("one reason that fails several checks", () => {
	it("is said in full by the one that it is the matter of, with its hint", () => {
		expect(sayOnce([size, join, other])).toEqual([
			{
				id: "quorum-tolerance",
				group: "etcd",
				status: "fail",
				saw: "5 members cannot be reached: see join-known",
				why: "it matters",
			},
			join,
			other,
		]);
		expect(toldBy([size, join], "it does not start")).toBe("join-known");
	});

	it("is found among others that the same check saw", () => {
		const two = failed("join-known", "it has no name; it does not start", "name it");
		expect(sayOnce([size, two])[0]).toMatchObject({
			saw: "5 members cannot be reached: see join-known",
			hint: "start it",
		});
	});

	it("is said where no other check says it", () => {
		expect(sayOnce([size, other])).toEqual([size, other]);
		expect(toldBy([size, other], "something else")).toBeUndefined();
	});
});
