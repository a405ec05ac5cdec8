import { expect, test } from "vitest";
import { allowance, scaled } from "./budget.ts";

const label = { selector: { matchLabels: { app: "etcd" } } };

test("shares are rounded up", () => {
	expect(scaled("51%", 3)).toBe(2);
	expect(scaled("50%", 4)).toBe(2);
	expect(scaled(1, 9)).toBe(1);
});

test.each([
	[{ minAvailable: "51%" }, { expected: 3, healthy: 3 }, { desiredHealthy: 2, disruptionsAllowed: 1 }],
	[{ minAvailable: "51%" }, { expected: 3, healthy: 2 }, { desiredHealthy: 2, disruptionsAllowed: 0 }],
	[{ maxUnavailable: 1 }, { expected: 5, healthy: 5 }, { desiredHealthy: 4, disruptionsAllowed: 1 }],
	[{ maxUnavailable: 1 }, { expected: 5, healthy: 3 }, { desiredHealthy: 4, disruptionsAllowed: 0 }],
	[{ maxUnavailable: "100%" }, { expected: 2, healthy: 2 }, { desiredHealthy: 0, disruptionsAllowed: 2 }],
	[{ minAvailable: 0 }, { expected: 0, healthy: 0 }, { desiredHealthy: 0, disruptionsAllowed: 0 }],
])("%j with %j", (spec, health, expected) => {
	expect(allowance({ spec: { ...label, ...spec } }, health)).toEqual(expected);
});
