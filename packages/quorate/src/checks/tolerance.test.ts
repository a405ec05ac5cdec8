import { describe, expect, it } from "vitest";
import type { ScalingRecord } from "../cluster/scaling-record.ts";
import { plan } from "../scaling/plan.ts";
import { healthyView } from "../scaling/testing/views.ts";
import { inputOf, withMember, withSet } from "./testing/input.ts";
import { tolerance } from "./tolerance.ts";
import { unfinished } from "./unfinished.ts";

const down = { status: undefined, lag: undefined, trouble: "its pod does not run" };
const to = (replicas: number, view = healthyView()) => {
	const goal = { replicas, snapshot: true };
	return inputOf({ view, goal, planned: plan(view, goal) });
};

describe("quorum and tolerance", () => {
	it("now", () =>
		expect(tolerance(inputOf())).toMatchObject({ status: "pass", saw: "quorum 2 of 3 voters; 1 may fail now" }));

	it("on the way and after", () =>
		expect(tolerance(to(5))).toMatchObject({
			status: "pass",
			saw: expect.stringMatching(/at least 1 at each of \d+ steps, 2 after$/),
		}));

	it("one that is down uses it up", () =>
		expect(tolerance(inputOf({ view: withMember(2, down) }))).toMatchObject({
			status: "warn",
			saw: "no voter may fail now: quorum 2 of 3 voters",
		}));

	it("two that are down cost quorum", () =>
		expect(tolerance(inputOf({ view: withMember(1, down, withMember(2, down)) }))).toMatchObject({
			status: "fail",
			saw: expect.stringContaining("1 of 3"),
		}));

	it("is not known where nobody answers, which is told by another", () => {
		const view = healthyView();
		const dead = { ...view, etcd: { ...view.etcd, trouble: "no voter answers" } };
		expect(tolerance(inputOf({ view: dead }))).toMatchObject({ status: "skip" });
	});

	it("a single member tolerates nothing, unless it is to grow", () => {
		const view = healthyView({ members: 1 });
		expect(tolerance(inputOf({ view }))).toMatchObject({
			status: "warn",
			saw: "no voter may fail now: quorum 1 of 1 voter",
		});
		expect(tolerance(to(3, view))).toMatchObject({ status: "pass" });
	});

	it("says nothing of an end that nobody has planned", () => {
		const view = healthyView({ members: 1 });
		expect(tolerance(inputOf({ view, goal: { replicas: 3, snapshot: true } }))).toMatchObject({
			status: "warn",
			saw: "no voter may fail now: quorum 1 of 1 voter",
		});
	});

	it("down to one leaves none", () =>
		expect(tolerance(to(1))).toMatchObject({
			status: "warn",
			saw: expect.stringMatching(
				/^no voter may fail after the scaling: quorum 2 of 3 voters; 1 may fail now, .* 0 after$/,
			),
		}));

	it("its steps cannot be told without the nodes", () => {
		const view = { ...healthyView(), unread: { nodes: "this user may not list nodes" } };
		expect(tolerance(inputOf({ view, goal: { replicas: 5, snapshot: true } }))).toMatchObject({
			status: "pass",
			saw: expect.stringMatching(/1 may fail now; the steps cannot be told: this user may not list nodes$/),
		});
	});

	it("a goal that cannot be reached fails", () =>
		expect(tolerance(to(5, healthyView({ nodes: 4 })))).toMatchObject({
			status: "fail",
			saw: expect.stringMatching(/^5 members cannot be reached: no node/),
		}));
});

describe("a scaling that is unfinished", () => {
	const view = withSet({ record: { from: 3 } as ScalingRecord });
	it("is told", () =>
		expect(unfinished(inputOf({ view }))).toMatchObject({
			status: "warn",
			hint: expect.stringContaining("quorate abort sts/mayastor-etcd"),
		}));
	it("is no matter where it is what is asked for", () =>
		expect(unfinished(inputOf({ view, goal: { replicas: 5, snapshot: true } }))).toMatchObject({ status: "pass" }));
	it("is none", () => expect(unfinished(inputOf())).toMatchObject({ status: "pass" }));
});
