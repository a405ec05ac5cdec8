import { describe, expect, it } from "vitest";
import { type MetricsView, seen, unseen } from "../cluster/surroundings.ts";
import { statusOf } from "../scaling/testing/views.ts";
import { clocks } from "./clocks.ts";
import { disk } from "./disk.ts";
import { hashes } from "./hashes.ts";
import { leader } from "./leader.ts";
import { network } from "./network.ts";
import { inputOf, metricsOf, surroundingsOf, withMember } from "./testing/input.ts";

const CHECKS = { disk, network, clocks, leader };

const second = (given: Partial<MetricsView>) =>
	surroundingsOf({
		metrics: new Map([
			["etcd-0", seen(metricsOf())],
			["etcd-1", seen(metricsOf(given))],
		]),
	});

describe("what members measure", () => {
	it.each<[keyof typeof CHECKS, Partial<MetricsView>, string, RegExp]>([
		["disk", {}, "pass", /fsync takes up to 2.0 ms.*commit takes up to 4.0 ms/],
		[
			"disk",
			{ walFsync: 0.01 },
			"warn",
			/^too slow: .*fsync takes up to 10 ms on etcd-1 \(99 %\); it should be less than 10 ms$/,
		],
		["disk", { backendCommit: 0.03 }, "warn", /^too slow: a commit takes up to 30 ms on etcd-1/],
		["network", {}, "pass", /1.0 ms/],
		["network", { peerRoundTrip: 0.1 }, "warn", /^too slow: .*100 ms \(99 %\); heartbeats are 100 ms apart/],
		["clocks", { clockAhead: 2100 }, "pass", /2 members agree/],
		["clocks", { clockAhead: -2000 }, "warn", /etcd-0 is 2 s ahead of that of etcd-1/],
		["clocks", { clockAhead: undefined }, "skip", /fewer than two/],
		["leader", { leaderChanges: 10 }, "pass", /mayastor-etcd-0 leads in term 3/],
		["leader", { leaderChanges: 11 }, "warn", /etcd-1 has seen 11 changes of the leader in 2.0 h/],
	])("%s with %o: %s", (check, given, status, saw) =>
		expect(CHECKS[check](inputOf({ surroundings: second(given) }))).toMatchObject({
			status,
			saw: expect.stringMatching(saw),
		}),
	);

	it.each([disk, network, clocks])("is skipped where they do not tell, and why", (check) => {
		const surroundings = surroundingsOf({ metrics: new Map([["etcd-0", unseen("/metrics answers 404")]]) });
		expect(check(inputOf({ surroundings }))).toMatchObject({
			status: "skip",
			saw: expect.stringMatching(check === clocks ? /not known/ : /etcd-0: \/metrics answers 404/),
		});
	});

	it("is skipped where nothing was measured yet", () =>
		expect(
			network(
				inputOf({
					surroundings: surroundingsOf({ metrics: new Map([["e", seen(metricsOf({ peerRoundTrip: undefined }))]]) }),
				}),
			),
		).toMatchObject({ status: "skip", saw: expect.stringContaining("no member has measured it yet") }));
});

describe("the leader", () => {
	const status = statusOf(102n);
	it("is seen alike by all", () => {
		const view = withMember(1, { status: { ...status, raftTerm: 4n, leader: 102n } });
		expect(leader(inputOf({ view }))).toMatchObject({
			status: "warn",
			saw: expect.stringContaining("mayastor-etcd-1: 66 in term 4"),
		});
	});
	it("stays while it is looked at", () =>
		expect(
			leader(inputOf({ surroundings: surroundingsOf({ later: seen({ leader: 102n, term: 4n }) }) })),
		).toMatchObject({
			status: "warn",
			saw: expect.stringContaining("term 4 a moment later"),
		}));
	it("is there", () => {
		const none = { leader: 0n };
		const view = [0, 1, 2].reduce((v, i) => withMember(i, { status: { ...status, ...none } }, v), inputOf().view);
		expect(leader(inputOf({ view }))).toMatchObject({ status: "fail", saw: "etcd has no leader" });
	});
});

describe("hashes", () => {
	it("are equal", () => expect(hashes(inputOf({ surroundings: surroundingsOf() }))).toMatchObject({ status: "pass" }));
	it("differ", () =>
		expect(
			hashes(
				inputOf({
					surroundings: surroundingsOf({ hashes: seen({ revision: 7n, hashes: { a: 10, b: 11 }, equal: false }) }),
				}),
			),
		).toMatchObject({ status: "fail", saw: "hashes differ at revision 7: a a, b b" }));
	it("cannot be had", () =>
		expect(
			hashes(inputOf({ surroundings: surroundingsOf({ hashes: unseen("etcd-1 does not answer") }) })),
		).toMatchObject({
			status: "skip",
			saw: "not compared: etcd-1 does not answer",
		}));
});
