import { describe, expect, it } from "vitest";
import { rollout } from "./rollout.ts";
import { inputOf, withSet } from "./testing/input.ts";

describe("the StatefulSet's own roll-out", () => {
	it("is not over though every pod is on the newest template", () =>
		expect(rollout(inputOf({ view: withSet({ observed: false }) }))).toMatchObject({
			status: "fail",
			saw: "the controller has not finished with the newest template",
		}));

	it("has left pods behind", () =>
		expect(rollout(inputOf({ view: withSet({ updateRevision: "newest" }) }))).toMatchObject({
			status: "fail",
			saw: "3 of 3 pods are not on the newest template",
		}));
});
