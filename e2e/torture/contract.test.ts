import { expect, it } from "vitest";
import { breaches, type Circumstances, secondsSelfAdded } from "./contract.ts";
import type { MemberSample, Sample } from "./sample.ts";

const calm: Circumstances = {
	from: 3,
	to: 4,
	touched: new Set(),
	troubled: [],
	scaledByHand: false,
	addsItself: false,
	podPrefix: "e-",
};

const member = (n: number, isLearner = false): MemberSample => ({ id: `id${n}`, name: `e-${n}`, isLearner });

function sample(at: number, members: readonly MemberSample[], change: Partial<Sample> = {}): Sample {
	const names = members.filter((one) => !one.isLearner).map(({ name }) => name);
	const pods = members.map(({ name }) => ({ name, uid: `uid-${name}`, restarts: 0, ready: true, terminating: false }));
	return { at, replicas: members.length, pods, members, healthy: names, silent: [], ...change };
}

const three = [member(0), member(1), member(2)];

it("a growth by the book breaks nothing", () => {
	const samples = [sample(0, three), sample(300, [...three, member(3, true)]), sample(600, [...three, member(3)])];
	expect(breaches(samples, calm)).toEqual([]);
});

it("two learners", () => {
	const samples = [sample(0, [...three, member(3, true), member(4, true)])];
	expect(breaches(samples, calm)).toEqual(["2 learners at a time"]);
});

it("a voter that was no learner, where it would have been seen", () => {
	const joined = (at: number) => [sample(0, three), sample(at, [...three, member(3)])];
	expect(breaches(joined(300), calm)).toEqual(["e-3 votes and was no learner before"]);
	expect(breaches(joined(3000), calm)).toEqual([]);
	expect(breaches(joined(300), { ...calm, scaledByHand: true })).toEqual([]);
});

it("tolerance given up in a growth, for longer than one look", () => {
	const down = { healthy: ["e-0", "e-1"] };
	const four = [...three, member(3)];
	const samples = [sample(0, four), sample(300, four, { healthy: ["e-0", "e-1", "e-2"] }), sample(600, four)];
	expect(breaches(samples, calm)).toEqual([]);
	const longer = [sample(0, three), sample(300, three, down), sample(600, three, down)];
	expect(breaches(longer, calm)).toEqual(["2 of 3 voters healthy, with nothing wrong but the scaling"]);
	expect(
		breaches(
			longer.map((one) => ({ ...one, silent: ["e-2"] })),
			calm,
		),
	).toEqual([]);
	expect(breaches(longer, { ...calm, to: 1 })).toEqual([]);
	expect(breaches(longer, { ...calm, troubled: [{ from: 200, until: 900 }] })).toEqual([]);
	expect(breaches(longer, { ...calm, troubled: [{ from: 700, until: 900 }] })).toHaveLength(1);
});

it("quorum lost in a shrinking", () => {
	const down = { healthy: ["e-0"] };
	const samples = [sample(0, three, down), sample(300, three, down)];
	expect(breaches(samples, { ...calm, to: 2 })).toHaveLength(1);
});

it("quorum lost because the image added the second of two again, which is told by itself", () => {
	const two = [member(0), member(1)];
	const again = [member(0), { id: "another", name: "e-1", isLearner: false }];
	const down = { healthy: [] };
	const samples = [sample(0, two), sample(3000, again, down), sample(3500, again, down), sample(9000, [member(0)])];
	const toOne = { ...calm, from: 2, to: 1 };
	expect(breaches(samples, toOne)).toEqual(["0 of 2 voters healthy, with nothing wrong but the scaling"]);
	expect(secondsSelfAdded(samples, toOne)).toBe(0);
	expect(breaches(samples, { ...toOne, addsItself: true })).toEqual([]);
	expect(secondsSelfAdded(samples, { ...toOne, addsItself: true })).toBe(0.5);
	const other = [sample(0, two), sample(300, two, down), sample(600, two, down)];
	expect(breaches(other, { ...toOne, addsItself: true })).toHaveLength(1);
	expect(secondsSelfAdded(other, { ...toOne, addsItself: true })).toBe(0);
});

it("pods that were there before are the same pods, save those that a fault touched", () => {
	const pods = (uid: string, restarts: number) => ({
		pods: [{ name: "e-0", uid, restarts, ready: true, terminating: false }],
	});
	const anew = [sample(0, three, pods("a", 0)), sample(300, three, pods("b", 0))];
	expect(breaches(anew, calm)).toEqual(["e-0, which was there before, was made anew"]);
	expect(breaches(anew, { ...calm, touched: new Set(["e-0"]) })).toEqual([]);
	const restarted = [sample(0, three, pods("a", 0)), sample(300, three, pods("a", 1))];
	expect(breaches(restarted, calm)).toEqual(["e-0, which was there before, was restarted"]);
	expect(breaches(restarted, { ...calm, troubled: [{ from: 0, until: 9 }] })).toEqual([]);
});
