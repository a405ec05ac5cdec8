import { describe, expect, it } from "vitest";
import type { ScaleResult } from "../../scaling/events.ts";
import { healthyView } from "../../scaling/testing/views.ts";
import { plainStyle } from "../testing/plain-style.ts";
import { scaleResultText } from "./scale-result-text.ts";

const view = healthyView();
const result: ScaleResult = {
	from: 3,
	to: 3,
	seconds: 12,
	restarts: 0,
	steps: [],
	snapshot: undefined,
	proof: undefined,
	members: view.etcd.members,
};
const headline = (change: Partial<ScaleResult>) =>
	scaleResultText({ ...result, ...change }, view, plainStyle()).find((line) => line !== "");

describe("the screen at the end", () => {
	it.each<[string, Partial<ScaleResult>, RegExp]>([
		["a scaling", { to: 5 }, / scaled from 3 to 5 members /],
		["an abort of a scaling", { tookBack: { to: 5 } }, / is back at 3 members: .*3 → 5.* /],
		["an abort of a roll-out", { tookBack: { to: 3 } }, / is back at 3 members: (?!.*→).* /],
		["an abort of a scaling to an unknown size", { tookBack: { to: undefined } }, / is back at 3 members: (?!.*→).* /],
	])("of %s says where the cluster is", (_, change, found) => {
		expect(headline(change)).toMatch(/^√ mayastor\/mayastor-etcd /);
		expect(headline(change)).toMatch(found);
	});
});
