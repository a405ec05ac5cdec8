import { describe, expect, it } from "vitest";
import type { ClusterView } from "../cluster/cluster-view.ts";
import type { Goal } from "./goal.ts";
import { applyStep } from "./model.ts";
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

const NO_SHELL = 'pod p: StartError (exit code 128: exec: "sh": executable file not found in $PATH)';

/** The view with the pod that the run made to visit a volume, which its image cannot do. */
const withoutShell = (view: ClusterView): ClusterView => ({
	...view,
	cleaners: view.cleaners.map((cleaner) => ({ ...cleaner, phase: "Failed" as const, trouble: NO_SHELL })),
});

const taken = (view: ClusterView, goal: Goal): ClusterView => {
	const decision = nextStep(view, goal);
	if (decision.kind !== "step") throw new Error(JSON.stringify(decision));
	return applyStep(view, decision.step);
};

describe("an image without a shell", () => {
	it("is refused before anybody leaves, with the node's words and the flag that needs no such pod", () => {
		const down = { replicas: 2, snapshot: false } as const;
		let view = healthyView();
		while (view.cleaners.length === 0) view = taken(view, down);
		const decision = nextStep(withoutShell(view), down);
		expect(decision).toMatchObject({
			kind: "blocked",
			blocked: {
				reason: "VolumeNotSeen",
				message: expect.stringMatching(/claim data-mayastor-etcd-2.*executable file not found/),
				hint: expect.stringMatching(
					/kubectl delete pod quorate-look-data-mayastor-etcd-2 -n mayastor\b.*--keep-volumes/,
				),
			},
		});
		expect(view.etcd.members).toHaveLength(3);
		expect(nextStep({ ...view, cleaners: [] }, { ...down, keepVolumes: true })).not.toMatchObject({
			step: { kind: "look-into-volume" },
		});
	});

	it("leaves claim and volume where it is met after the member has left", () => {
		const view = halfCleared(false);
		const { statefulSet: set } = view;
		const [claim] = view.claims.slice(3);
		if (!claim || !set.record) throw new Error("the view has a fourth claim");
		const record = { ...set.record, emptied: [], leaving: { ordinal: 3, node: "node-4", claims: [claim] } };
		const emptying = taken({ ...view, statefulSet: { ...set, record } }, { replicas: 3, snapshot: false });
		expect(nextStep(withoutShell(emptying), { replicas: 3, snapshot: false })).toMatchObject({
			kind: "blocked",
			blocked: {
				reason: "VolumeNotEmptied",
				message: expect.stringMatching(/claim data-mayastor-etcd-3.*executable file not found/),
				hint: expect.stringMatching(
					/--keep-volumes.*kubectl delete pod quorate-empty-data-mayastor-etcd-3 -n mayastor\b/,
				),
			},
		});
	});
});
