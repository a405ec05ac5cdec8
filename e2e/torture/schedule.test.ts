import { describe, expect, it } from "vitest";
import { isExpected, scaleInHint } from "./expected.ts";
import { describeFault, FAULT_KINDS } from "./fault.ts";
import { random } from "./random.ts";
import { CLUSTERS, schedule } from "./schedule.ts";

const many = Array.from({ length: 300 }, (_, seed) => schedule(seed));
const scalings = many.flatMap((one) => one.scalings);
const faults = scalings.flatMap((scaling) => scaling.faults);

describe("random numbers", () => {
	it("are the same for the same seed, on every machine", () => {
		const chosen = random(7);
		expect(Array.from({ length: 6 }, () => chosen.between(0, 999))).toEqual([11, 61, 976, 699, 521, 405]);
		expect(random(8).next()).not.toBe(random(7).next());
	});

	it("lie within their bounds, and reach them", () => {
		const chosen = random(1);
		const drawn = Array.from({ length: 500 }, () => chosen.between(2, 4));
		expect([...new Set(drawn)].sort()).toEqual([2, 3, 4]);
	});
});

describe("a schedule", () => {
	it("is the same for the same seed, and another for another one", () => {
		expect(many.map((one) => schedule(one.seed))).toEqual(many);
		expect(new Set(many.map(({ seed, ...one }) => JSON.stringify(one))).size).toBe(many.length);
	});

	it("goes on from where the one before ended", () => {
		for (const { members, scalings } of many) {
			let size = members;
			for (const { to, afterwards } of scalings) {
				expect(to).not.toBe(size);
				if (afterwards === "repeat") size = to;
			}
		}
	});

	it("leaves no cluster, no fault, no size and no way on out", () => {
		const names = (items: readonly unknown[]) => [...new Set(items.map((one) => JSON.stringify(one)))].sort();
		expect(names(many.map(({ cluster }) => cluster))).toEqual(names(CLUSTERS));
		expect(names(faults.map(({ kind }) => kind))).toEqual(names(FAULT_KINDS));
		expect(names(scalings.map(({ to }) => to))).toEqual(names([1, 2, 3, 4, 5]));
		expect(names(scalings.map(({ afterwards }) => afterwards))).toEqual(names(["abort", "end", "repeat"]));
		expect(names(many.map((one) => one.podManagementPolicy))).toEqual(names(["OrderedReady", "Parallel"]));
	});

	it("kills the tool at every one of its first boundaries, and between them", () => {
		const kills = faults.filter(({ kind }) => kind === "sigkill").map(({ at }) => at);
		const boundaries = kills.filter(({ delayMs }) => delayMs === 0).map(({ after }) => after);
		expect([...new Set(boundaries)].sort((a, b) => Number(a) - Number(b))).toEqual([
			1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
		]);
		expect(kills.some(({ after, delayMs }) => after !== 0 && delayMs > 0)).toBe(true);
		expect(kills.some(({ after }) => after === 0)).toBe(true);
	});

	it("can be read", () => {
		expect(
			describeFault({ kind: "member-frozen", target: "leader", lastsMs: 5000, at: { after: 4, delayMs: 300 } }),
		).toBe("member-frozen(leader, 5 s) 0.3 s after step 4");
		expect(describeFault({ kind: "kubectl-scale", by: 1, at: { after: 0, delayMs: 900 } })).toBe(
			"kubectl-scale(+1) 0.9 s after the beginning",
		);
	});
});

describe("the end of a run", () => {
	it.each([
		["Refused", [], false],
		["Refused", ["sigkill"], false],
		["Locked", ["second-run"], true],
		["Locked", ["sigkill"], false],
		["Unreachable", ["api-away"], true],
		["Unreachable", ["member-frozen"], false],
		["Blocked", ["sigkill", "database-full"], true],
		["KeyspaceDiffers", FAULT_KINDS.filter((kind) => kind !== "disk-wiped"), false],
		["HistoryLost", FAULT_KINDS.filter((kind) => kind !== "disk-wiped"), false],
		["HistoryLost", ["disk-wiped"], true],
		["PlanChanged", ["other-person"], true],
		["PlanChanged", ["sigkill", "second-run"], false],
		["Internal", [...FAULT_KINDS], false],
		["Usage", [...FAULT_KINDS], false],
		[undefined, [...FAULT_KINDS], false],
	] as const)("%s after %j: expected %s", (error, kinds, expected) => {
		expect(isExpected(error, kinds, false)).toBe(expected);
	});

	it("on a busy machine a member may seem down, and nothing else is forgiven", () => {
		expect(isExpected("Refused", ["sigkill"], true)).toBe(true);
		expect(isExpected("KeyspaceDiffers", [], true)).toBe(false);
		expect(isExpected("Internal", [], true)).toBe(false);
	});

	it("a hint that says how to scale is understood", () => {
		expect(scaleInHint("take the replicas back first: kubectl scale sts e -n n --replicas=4; or")).toBe(4);
		expect(scaleInHint("wait")).toBeUndefined();
	});
});
