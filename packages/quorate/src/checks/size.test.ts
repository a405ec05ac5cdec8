import { describe, expect, it } from "vitest";
import { healthyView } from "../scaling/testing/views.ts";
import { size } from "./size.ts";
import { inputOf } from "./testing/input.ts";

describe("the size that is asked for", () => {
	it.each([
		[200, 3, "fail", "200 members wanted, more than 7 (3 now)"],
		[1, 3, "fail", "a single member wanted (3 now)"],
		[4, 3, "warn", "4 members wanted, an even number (3 now)"],
		[4, 4, "warn", "4 members, an even number"],
		[5, 3, "pass", "3 members, 5 wanted"],
		[3, 3, "pass", "3 members (no change asked for)"],
	])("%i of %i: %s", (replicas, members, status, saw) =>
		expect(size(inputOf({ view: healthyView({ members }), goal: { replicas, snapshot: true } }))).toMatchObject({
			status,
			saw,
		}),
	);
});
