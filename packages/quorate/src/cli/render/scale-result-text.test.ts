import { describe, expect, it } from "vitest";
import { type Proof, proofOf } from "../../proof/proof.ts";
import type { ScaleResult } from "../../scaling/events.ts";
import { healthyView } from "../../scaling/testing/views.ts";
import { plainStyle } from "../testing/plain-style.ts";
import { sampleProof } from "../testing/sample-documents.ts";
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
	it("says of a proof of members that have left since that it was before they left", () => {
		const learner = { id: 999n, name: "mayastor-etcd-3", isLearner: true, hash: 7 };
		const proved = (members: Proof["members"]) =>
			scaleResultText(
				{ ...result, tookBack: { to: 5 }, proof: proofOf({ ...sampleProof, equal: true, recorded: [], members }) },
				view,
				plainStyle(),
			)
				.join(" ")
				.replaceAll(/\s+/g, " ");
		const voters = view.etcd.members.map(({ id, name }) => ({ id, name, isLearner: false, hash: 7 }));
		expect(proved([...voters, learner])).toContain("equal on all 4 members, hashes on 4, before mayastor-etcd-3 left;");
		expect(proved(voters)).toContain("equal on all 3 members, hashes on 3;");
	});

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
