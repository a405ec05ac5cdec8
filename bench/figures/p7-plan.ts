import { core } from "../../packages/quorate/src/scaling/exploration/core.ts";
import { explore } from "../../packages/quorate/src/scaling/exploration/explore.ts";
import { PASSING } from "../../packages/quorate/src/scaling/exploration/setup.ts";
import { MOST_MEMBERS } from "../../packages/quorate/src/scaling/goal.ts";
import { plan } from "../../packages/quorate/src/scaling/plan.ts";
import { healthyView } from "../../packages/quorate/src/scaling/testing/views.ts";
import type { Figure } from "../figure.ts";
import { repeat } from "../measure/repeat.ts";
import type { Row } from "../measure/row.ts";

/** Plans in one measured run: one alone is too short for the clock. */
const PLANS = 20;

const SIZES = [
	[3, 5],
	[1, MOST_MEMBERS],
	[MOST_MEMBERS, 1],
	[1, 9],
	[9, 1],
] as const;

/** The decision core by itself: no I/O. */
export const planning: Figure = {
	id: "P7",
	title: "the decision core",
	async measure(bench) {
		const rows: Row[] = [];
		for (const [from, to] of SIZES) {
			const view = healthyView({ members: from, nodes: 9 });
			const { ours } = await repeat(bench, {
				ours: async () => {
					const began = performance.now();
					for (let count = 0; count < PLANS; count++) plan(view, { replicas: to, snapshot: true });
					return (performance.now() - began) / PLANS;
				},
			});
			rows.push({ name: `a plan for ${from}→${to}`, unit: "ms", ours, goal: { atMost: 10 } });
		}
		// large enough that the compiler has long done its work
		const setup = { from: 3, to: 4, faults: bench.quick ? 1 : 2, kinds: [...PASSING] };
		const { ours } = await repeat(bench, {
			ours: async () => {
				const began = performance.now();
				const { states } = explore(setup, core);
				return (states * 1000) / (performance.now() - began);
			},
		});
		const name = `states explored, ${setup.from}→${setup.to} with ${setup.faults} of the faults that pass`;
		rows.push({ name, unit: "1/s", ours, goal: { atLeast: 50_000 } });
		return { rows };
	},
};
