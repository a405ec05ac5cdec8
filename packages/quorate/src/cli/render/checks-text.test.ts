import { describe, expect, it } from "vitest";
import type { CheckResult } from "../../checks/index.ts";
import { plainStyle } from "../testing/plain-style.ts";
import { checksText } from "./checks-text.ts";

const checks: CheckResult[] = [
	{ id: "request-size", group: "request", status: "pass", saw: "3 members, 5 wanted" },
	{
		id: "members-healthy",
		group: "etcd",
		status: "fail",
		saw: "2 of 3 voters answer",
		why: "it could cost quorum",
		hint: "bring it back",
	},
	{ id: "versions-known", group: "etcd", status: "warn", saw: "etcd 3.5.9", why: "known trouble", hint: "upgrade" },
	{ id: "nodes-enough", group: "kubernetes", status: "skip", saw: "not looked at" },
];

describe("a check report", () => {
	it("shows what warns and fails, why, and what to do", () => {
		expect(checksText(checks, plainStyle())).toEqual([
			"etcd",
			"× 2 of 3 voters answer [members-healthy]",
			"    it could cost quorum",
			"    → bring it back",
			"‼ etcd 3.5.9 [versions-known]",
			"    known trouble",
			"    → upgrade",
			"",
			"Checks: 1 check passed, 1 warning, 1 failed, 1 skipped",
		]);
	});

	it("shows all where that is wanted", () => {
		const lines = checksText(checks, plainStyle(), { all: true });
		expect(lines[1]).toBe("√ 3 members, 5 wanted [request-size]");
		expect(lines).toContain("- not looked at [nodes-enough]");
	});

	it("is one line where all is well", () =>
		expect(checksText(checks.slice(0, 1), plainStyle())).toEqual(["Checks: 1 check passed"]));
});
