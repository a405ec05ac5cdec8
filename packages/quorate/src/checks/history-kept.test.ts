import { describe, expect, it } from "vitest";
import { healthyView } from "../scaling/testing/views.ts";
import { historyKept } from "./history-kept.ts";
import { inputOf } from "./testing/input.ts";

// the healthy view is cluster 7 at revision 1000
const recorded = { clusterId: 7n, revision: 900n, keys: 1177, by: "quorate scale on T", accept: "quorate validate X" };

describe("history-kept", () => {
	it("passes where nothing was recorded, or what is there follows from it", () => {
		expect(historyKept(inputOf())).toMatchObject({ status: "pass" });
		expect(historyKept(inputOf({ recorded }))).toMatchObject({ status: "pass" });
	});

	it("fails for another cluster and for one that is behind, with both sides and the way out", () => {
		expect(historyKept(inputOf({ recorded: { ...recorded, clusterId: 8n } }))).toMatchObject({
			status: "fail",
			saw: expect.stringContaining(
				"another cluster: quorate scale on T recorded cluster 8, 1177 keys at revision 900; now it is cluster 7",
			),
			hint: expect.stringContaining("quorate validate X"),
		});
		expect(historyKept(inputOf({ recorded: { ...recorded, revision: 2350n } }))).toMatchObject({
			status: "fail",
			saw: expect.stringMatching(/revision 2350; now it is cluster 7, revision 1000$/),
		});
	});

	it("warns where that is accepted", () => {
		const goal = { replicas: 3, snapshot: true, acceptHistory: true };
		const behind = { ...recorded, revision: 2350n };
		expect(historyKept(inputOf({ recorded: behind, goal }))).toMatchObject({ status: "warn" });
	});

	it("is skipped while no member can be believed", () => {
		const view = healthyView();
		const unclear = { ...view, etcd: { ...view.etcd, trouble: "two leaders" } };
		expect(historyKept(inputOf({ view: unclear, recorded }))).toMatchObject({ status: "skip" });
	});
});
