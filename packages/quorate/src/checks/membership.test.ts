import { describe, expect, it } from "vitest";
import { zonesView } from "../cluster/testing/zones.ts";
import { lostMemberHint } from "../scaling/lost-member.ts";
import { applyStep } from "../scaling/model.ts";
import { healthyView, statusOf } from "../scaling/testing/views.ts";
import { alarms } from "./alarms.ts";
import { downgrade } from "./downgrade.ts";
import { health } from "./health.ts";
import { runChecks } from "./index.ts";
import { lag } from "./lag.ts";
import { learners } from "./learners.ts";
import { obstacles } from "./obstacles.ts";
import { peerUrls } from "./peer-urls.ts";
import { inputOf, withMember } from "./testing/input.ts";
import { versions } from "./versions.ts";

const healthy = healthyView();
const status = statusOf(102n);
const alarmed = {
	...healthy,
	etcd: {
		...healthy.etcd,
		alarms: [{ memberId: 102n, type: "NOSPACE" as const }],
		members: healthy.etcd.members.map((member) => ({
			...member,
			status: { ...statusOf(member.id), errors: ["memberID:102 alarm:NOSPACE"] },
		})),
	},
};
const silent = { ...healthy, etcd: { ...healthy.etcd, trouble: "no voter answers", members: [] } };

describe("members and what they say", () => {
	it.each([alarms, health, lag, learners, obstacles, peerUrls, downgrade, versions])(
		"pass where all is well",
		(check) =>
			expect(check(inputOf())).toMatchObject({ status: check === versions ? "warn" : "pass", id: check.about.id }),
	);

	it.each([alarms, lag, learners, obstacles, peerUrls, downgrade])("are skipped where nobody answers", (check) =>
		expect(check(inputOf({ view: silent }))).toMatchObject({
			status: "skip",
			saw: expect.stringMatching(/not known|unknown/),
		}),
	);

	it("an alarm fails once, as an alarm, though every member reports it", () => {
		const found = alarms(inputOf({ view: alarmed }));
		expect(found).toMatchObject({ status: "fail", saw: "mayastor-etcd-1 has raised the alarm NOSPACE" });
		expect(found.hint).toMatch(/defrag/);
		expect(health(inputOf({ view: alarmed }))).toMatchObject({ status: "pass", saw: expect.stringMatching(/^3 of 3/) });
		expect(obstacles(inputOf({ view: alarmed }))).toMatchObject({ status: "pass" });
	});

	it("another error that is reported is no alarm", () => {
		const view = withMember(1, { status: { ...status, errors: ["etcdserver: no leader"] } }, alarmed);
		expect(health(inputOf({ view }))).toMatchObject({ status: "fail", saw: expect.stringContaining("no leader") });
	});

	it("the one that does not answer is to be brought back, not those that miss it as their leader", () => {
		const leaderless = (ordinal: number) => ({
			status: { ...statusOf(BigInt(101 + ordinal)), leader: 0n },
			lag: undefined,
		});
		const view = withMember(0, leaderless(0), withMember(2, leaderless(2)));
		const frozen = withMember(1, { status: undefined, lag: undefined, trouble: "no answer within 3 s" }, view);
		expect(health(inputOf({ view: frozen }))).toMatchObject({
			saw: expect.stringMatching(
				/-0 has no leader; .*-1 is down \(no answer within 3 s\); .*-2 has no leader: 0 of 3 voters healthy, quorum 2, quorum is lost$/,
			),
			hint: expect.stringMatching(/^bring mayastor-etcd-1 back first/),
		});
		expect(health(inputOf({ view })).hint).toMatch(/^an election/);
	});

	it("what an unfinished run may have restarted itself is waited for, unless quorum is lost", () => {
		const silent = { status: undefined, lag: undefined, trouble: "its pod does not run" };
		const { statefulSet } = applyStep(healthy, { kind: "take-snapshot" });
		const one = withMember(1, silent, { ...healthy, statefulSet });
		expect(health(inputOf({ view: one }))).toMatchObject({
			status: "warn",
			saw: "mayastor-etcd-1 is down (its pod does not run): 2 of 3 voters healthy, quorum 2, no further failure tolerated",
		});
		expect(health(inputOf({ view: withMember(2, silent, one) }))).toMatchObject({ status: "fail" });
		expect(health(inputOf({ view: withMember(1, silent) }))).toMatchObject({ status: "fail" });
	});

	it("tells how many more failures the healthy ones tolerate", () => {
		const silent = { status: undefined, lag: undefined, trouble: "no answer within 3 s" };
		const five = healthyView({ members: 5 });
		expect(health(inputOf({ view: withMember(4, silent, five) })).saw).toBe(
			"mayastor-etcd-4 is down (no answer within 3 s): 4 of 5 voters healthy, quorum 3, 1 further failure tolerated",
		);
		expect(health(inputOf({ view: withMember(4, silent, healthyView({ members: 7 })) })).saw).toMatch(
			/: 6 of 7 voters healthy, quorum 4, 2 further failures tolerated$/,
		);
	});

	it("a corrupt member is to be replaced", () => {
		const view = { ...alarmed, etcd: { ...alarmed.etcd, alarms: [{ memberId: 9n, type: "CORRUPT" as const }] } };
		expect(alarms(inputOf({ view }))).toMatchObject({
			saw: "9 has raised the alarm CORRUPT",
			hint: expect.stringContaining("replace"),
		});
	});

	it("a learner that is left over fails as one, and no second time", () => {
		const view = withMember(2, { isLearner: true });
		expect(learners(inputOf({ view }))).toMatchObject({
			status: "fail",
			saw: expect.stringContaining("mayastor-etcd-2"),
		});
		expect(obstacles(inputOf({ view })).saw).not.toContain("learner");
	});

	it("one StatefulSet per zone: only that is told, and nothing that takes its members for pods of one", () => {
		const view = zonesView(healthy);
		for (const replicas of [1, 3, 5]) {
			const told = runChecks(inputOf({ view, goal: { replicas, snapshot: true }, force: true }));
			const failed = told.filter(({ status }) => status === "fail");
			expect(failed.map(({ id, saw }) => [id, saw])).toEqual([
				[
					"members-match",
					"the cluster spans StatefulSet/etcd-a and StatefulSet/etcd-b, StatefulSet/etcd-c: 2 of its 3 members are not pods of etcd-a",
				],
			]);
			expect(told.find(({ id }) => id === "nodes-spread")?.saw).toBe("3 voters on 3 nodes");
			for (const id of ["join-known", "nodes-enough", "storage-ready"])
				expect(told.find((one) => one.id === id)?.status).toBe("skip");
		}
		const [first] = view.etcd.members;
		if (!first) throw new Error("the view has members");
		expect(lostMemberHint(view, { ...first, status: undefined })).toBe(
			"bring etcd-a-0 back first: kubectl describe pod etcd-a-0 -n zones",
		);
	});

	it("a foreign member and a missing one are both told", () => {
		const view = withMember(0, { ordinal: undefined, name: "stranger" });
		const found = obstacles(inputOf({ view }));
		expect(found).toMatchObject({
			status: "fail",
			why: "Quorate makes no change until this is resolved (ForeignMember, MemberMissing)",
		});
	});

	it.each<[string, Parameters<typeof withMember>[1], RegExp]>([
		["of another pod", { peerURLs: healthy.etcd.members[0]?.peerURLs ?? [] }, /shares its peer URL/],
		["without the pod's name", { peerURLs: ["http://203.0.113.9:2380"] }, /unlike the others/],
		["none", { peerURLs: [] }, /unlike the others/],
		["and another's name", { name: "mayastor-etcd-7" }, /mayastor-etcd-7 is in pod mayastor-etcd-1/],
	])("peer URLs %s", (_, change, saw) =>
		expect(peerUrls(inputOf({ view: withMember(1, change) }))).toMatchObject({
			status: "warn",
			saw: expect.stringMatching(saw),
		}),
	);

	it("the peer URL of a single member is its own affair", () =>
		expect(peerUrls(inputOf({ view: healthyView({ members: 1 }) }))).toMatchObject({ status: "pass" }));

	it.each([
		[100n, "pass"],
		[101n, "warn"],
	])("a lag of %s: %s", (entries, found) =>
		expect(lag(inputOf({ view: withMember(1, { lag: entries }) }))).toMatchObject({
			status: found,
			saw: expect.stringContaining(String(entries)),
		}),
	);

	it("a downgrade stops a scaling", () =>
		expect(
			downgrade(inputOf({ view: withMember(1, { status: { ...status, downgradeEnabled: true } }) })),
		).toMatchObject({
			status: "fail",
		}));

	it.each([
		["3.5.35", "pass"],
		["3.6.14", "warn"],
		["3.6.15", "pass"],
		["3.7.3", "pass"],
		["3.4.37", "warn"],
	])("etcd %s: %s", (version, found) => {
		const members = healthy.etcd.members.map((member) => ({ ...member, status: { ...statusOf(member.id), version } }));
		const view = { ...healthy, etcd: { ...healthy.etcd, members } };
		expect(versions(inputOf({ view }))).toMatchObject({
			status: found,
			saw: found === "pass" ? `etcd ${version}` : `a version with known defects: etcd ${version}`,
		});
	});

	it("two minors are an upgrade", () => {
		const members = healthy.etcd.members.map((member, index) => ({
			...member,
			status: { ...statusOf(member.id), version: index === 0 ? "3.6.16" : "3.5.35" },
		}));
		const view = { ...healthy, etcd: { ...healthy.etcd, members } };
		expect(versions(inputOf({ view }))).toMatchObject({
			status: "warn",
			saw: expect.stringMatching(/^members run different minor versions: etcd 3.5.35, 3.6.16$/),
			why: expect.stringContaining("upgrade"),
		});
	});
});
