import { describe, expect, it } from "vitest";
import type { ClusterView } from "../cluster/cluster-view.ts";
import type { ScalingRecord } from "../cluster/scaling-record.ts";
import type { Goal } from "./goal.ts";
import { goalFor } from "./intent.ts";
import { healthyView } from "./testing/views.ts";

/** A scaling from three members is unfinished. */
function unfinished(goal: Goal | undefined, more: Partial<ScalingRecord> = {}): ClusterView {
	const view = healthyView();
	const { template, rawUpdateStrategy: updateStrategy } = view.statefulSet;
	const record = {
		version: 1 as const,
		from: 3,
		startedAt: "",
		template,
		updateStrategy,
		...(goal ? { goal } : {}),
		...more,
	};
	return { ...view, statefulSet: { ...view.statefulSet, record } };
}

const agreed: Goal = {
	replicas: 5,
	snapshot: false,
	keepVolumes: true,
	rollOut: "initial-cluster",
	volumes: { nodes: ["a", "b"], path: "/data/{ordinal}" },
	force: true,
};

describe("what is wanted", () => {
	it("is what was asked for, where nothing is unfinished", () => {
		expect(goalFor({ replicas: 5 }, healthyView())).toEqual({ replicas: 5, snapshot: true });
		expect(goalFor({ replicas: 1, snapshot: "none", force: true, keepVolumes: true }, healthyView())).toEqual({
			replicas: 1,
			snapshot: false,
			force: true,
			keepVolumes: true,
		});
	});

	it("is what was agreed to, where the same size is asked for again with fewer flags", () => {
		expect(goalFor({ replicas: 5 }, unfinished(agreed))).toEqual(agreed);
		const elsewhere = goalFor({ replicas: 5, volumes: { path: "/other/{ordinal}" } }, unfinished(agreed));
		expect(elsewhere.volumes).toEqual({ nodes: ["a", "b"], path: "/other/{ordinal}" });
	});

	it("keeps the places that the approved plan had for volumes, unless other nodes are named", () => {
		const volumeNodes = [{ ordinal: 3, node: "c" }];
		const begun = unfinished({ replicas: 5, snapshot: true, volumeNodes });
		expect(goalFor({ replicas: 5 }, begun).volumeNodes).toEqual(volumeNodes);
		expect(goalFor({ replicas: 5, volumes: { nodes: ["a", "b"] } }, begun).volumeNodes).toBeUndefined();
		expect(goalFor({ replicas: 4 }, begun).volumeNodes).toBeUndefined();
	});

	it("asks for everything again where the size is another, and yet keeps volumes", () => {
		expect(goalFor({ replicas: 4 }, unfinished(agreed))).toEqual({ replicas: 4, snapshot: true, keepVolumes: true });
	});

	it("keeps volumes in taking back, too", () => {
		expect(goalFor({ replicas: "before" }, unfinished(agreed))).toEqual({
			replicas: 3,
			snapshot: false,
			keepVolumes: true,
			force: true,
			takesBack: true,
		});
	});

	it("puts volumes of members that come back where that is said, and remembers it", () => {
		const volumes = { nodes: ["d"], path: "/data/{ordinal}" };
		expect(goalFor({ replicas: "before", volumes }, unfinished(agreed))).toMatchObject({ takesBack: true, volumes });
		const volumeNodes = [{ ordinal: 2, node: "d" }];
		const back: Goal = { replicas: 3, snapshot: false, takesBack: true, force: true, volumes, volumeNodes };
		expect(goalFor({ replicas: "before" }, unfinished(back))).toEqual(back);
	});

	it("discards volumes that were to be kept only where that is said", () => {
		expect(goalFor({ replicas: 5, keepVolumes: false }, unfinished(agreed)).keepVolumes).toBe(true);
		const discarded = goalFor({ replicas: 5, discardVolumes: true }, unfinished(agreed));
		expect(discarded).toMatchObject({ discardVolumes: true });
		expect(discarded.keepVolumes).toBeUndefined();
		// consent to one size is none to another, and the safer flag wins
		const discarding: Goal = { replicas: 5, snapshot: true, discardVolumes: true };
		expect(goalFor({ replicas: 5 }, unfinished(discarding)).discardVolumes).toBe(true);
		expect(goalFor({ replicas: 4 }, unfinished(discarding)).discardVolumes).toBeUndefined();
		expect(goalFor({ replicas: 5, keepVolumes: true }, unfinished(discarding)).discardVolumes).toBeUndefined();
	});

	it("takes a snapshot before anything that is no taking back", () => {
		const back: Goal = { replicas: 3, snapshot: false, takesBack: true, force: true };
		expect(goalFor({ replicas: 3 }, unfinished(back))).toEqual({ replicas: 3, snapshot: true });
		expect(goalFor({ replicas: "present", rollOut: "template" }, unfinished(back))).toEqual({
			replicas: 3,
			snapshot: true,
			rollOut: "template",
		});
	});

	it("is known of a record without a goal as far as it was asked for", () => {
		expect(goalFor({ replicas: 5 }, unfinished(undefined))).toEqual({ replicas: 5, snapshot: true });
		expect(goalFor({ replicas: "before" }, unfinished(undefined))).toMatchObject({ replicas: 3, takesBack: true });
	});

	it("is no roll-out while members are half-way in or out", () => {
		const view = unfinished(agreed);
		const set = { ...view.statefulSet, replicas: 4 };
		expect(() => goalFor({ replicas: "present", rollOut: "template" }, { ...view, statefulSet: set })).toThrow(
			expect.objectContaining({
				code: "Refused",
				hint: expect.stringMatching(/--replicas 5 .*--keep-volumes.*quorate abort .*--keep-volumes/),
			}),
		);
	});
});
