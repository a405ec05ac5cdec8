import { describe, expect, it } from "vitest";
import { healthyView } from "../scaling/testing/views.ts";
import { breachOf, describeBreach, historyJSON, historyOf, parseHistory } from "./history.ts";

const recorded = { clusterId: 7n, revision: 2350n, keys: 1177, by: "quorate scale on 2026-11-30T09:00:00Z" };

describe("what was recorded of a cluster", () => {
	it("is followed by the same id and no lower revision", () => {
		expect(breachOf({ clusterId: 7n, revision: 2350n }, recorded)).toBeUndefined();
		expect(breachOf({ clusterId: 7n, revision: 9000n }, recorded)).toBeUndefined();
		expect(breachOf({ clusterId: 8n, revision: 9000n }, recorded)).toBe("other-cluster");
		expect(breachOf({ clusterId: 7n, revision: 2349n }, recorded)).toBe("behind");
		expect(breachOf({ clusterId: 8n, revision: 2350n }, { revision: 2350n })).toBeUndefined();
	});

	it("is named beside what is there now", () => {
		expect(describeBreach("behind", { clusterId: 7n, revision: 4n, keys: 2 }, recorded)).toBe(
			"data was lost: quorate scale on 2026-11-30T09:00:00Z recorded cluster 7, 1177 keys at revision 2350; now it is cluster 7, 2 keys at revision 4",
		);
	});

	it("comes back as it was written down; anything else does not", () => {
		const history = { clusterId: (1n << 64n) - 1n, revision: 2n ** 60n, keys: 3 };
		expect(parseHistory(historyJSON(history))).toEqual(history);
		for (const bad of [
			{ clusterId: "", revision: "1" },
			{ clusterId: "7", revision: "-1" },
			{ clusterId: "0x7", revision: "1" },
			{ clusterId: "7", revision: "" },
		]) {
			expect(parseHistory(bad)).toBeUndefined();
		}
	});

	it("is taken from the member that is furthest, and from none while it is unclear who they are", () => {
		const view = healthyView();
		const members = view.etcd.members.map((member, at) =>
			at === 2 && member.status ? { ...member, status: { ...member.status, revision: 1003n } } : member,
		);
		expect(historyOf({ ...view, etcd: { ...view.etcd, members } })).toEqual({ clusterId: 7n, revision: 1003n });
		expect(historyOf({ ...view, etcd: { ...view.etcd, trouble: "no voter answers" } })).toBeUndefined();
	});
});
