import { describe, expect, it } from "vitest";
import { type AuthView, PLAIN } from "../cluster/security-view.ts";
import { healthyView } from "../scaling/testing/views.ts";
import { auth } from "./auth.ts";

const check = (seen: AuthView) =>
	auth({
		view: healthyView(),
		goal: { replicas: 5, snapshot: true, keepVolumes: false },
		missingRights: [],
		force: false,
		security: { ...PLAIN, auth: seen },
	});

const on = { state: "on", trouble: undefined } as const;

describe("etcd's auth", () => {
	it.each<[string, AuthView, string, RegExp]>([
		["off", { state: "off" }, "pass", /off/],
		["unknown", { state: "unknown", trouble: "no voter answers" }, "skip", /no voter answers/],
		["on, and nobody to be", { ...on, user: undefined, roles: undefined }, "fail", /auth is on, but no user is given$/],
		[
			"on, and the password's Secret closed",
			{ ...on, user: undefined, roles: undefined, trouble: "this user may not read it" },
			"fail",
			/no user is given: this user may not read it/,
		],
		[
			"on, with a wrong password",
			{ ...on, user: "root", roles: undefined, trouble: "authentication failed" },
			"fail",
			/^etcd does not accept user root: authentication failed/,
		],
		[
			"on, with too few rights",
			{ ...on, user: "ann", roles: ["readers"] },
			"fail",
			/^user ann lacks the role root: it has only readers$/,
		],
		["on, with no right", { ...on, user: "ann", roles: [] }, "fail", /^user ann lacks the role root: it has no role$/],
		["on, as root", { ...on, user: "root", roles: ["root"] }, "pass", /root has the role root/],
	])("%s", (_, seen, status, saw) => {
		const found = check(seen);
		expect(found).toMatchObject({ id: "auth-enough", status, saw: expect.stringMatching(saw) });
		expect(found.hint !== undefined).toBe(status === "fail");
	});
});
