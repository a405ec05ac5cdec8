import { describe, expect, it } from "vitest";
import type { ClusterView } from "../cluster/cluster-view.ts";
import { nextStep } from "./next-step.ts";
import { healthyView } from "./testing/views.ts";

/** A claim with its volume at the ordinal after the last member, and an unfinished run that emptied that volume. */
function halfCleared(terminating: boolean): ClusterView {
	const whole = healthyView({ members: 4 });
	const { claims, volumes } = whole;
	const view = healthyView({ members: 3 });
	const { template, rawUpdateStrategy: updateStrategy } = view.statefulSet;
	const emptied = volumes.slice(3).map(({ name, uid }) => ({ name, uid }));
	const snapshot = { file: "s.db", revision: "1", sha256: "", takenAt: "" };
	const record = { version: 1 as const, from: 3, startedAt: "", template, updateStrategy, emptied, snapshot };
	return {
		...view,
		statefulSet: { ...view.statefulSet, record },
		claims: claims.map((claim) => (claim.ordinal === 3 ? { ...claim, terminating } : claim)),
		volumes,
	};
}

const takenBack = { replicas: 3, snapshot: false, takesBack: true } as const;

describe("what this run deletes", () => {
	it("is waited for where the run is taken back without the flag that it began with", () => {
		expect(nextStep(halfCleared(true), takenBack)).toMatchObject({
			kind: "wait",
			wait: { kind: "claim-gone", ordinal: 3 },
		});
	});

	it("is no claim that nobody has deleted yet: that one is the user's", () => {
		expect(nextStep(halfCleared(false), takenBack)).toMatchObject({ step: { kind: "restore-strategy" } });
	});
});
