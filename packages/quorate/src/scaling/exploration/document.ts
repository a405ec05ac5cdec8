import { core } from "./core.ts";
import { type Explored, explore } from "./explore.ts";
import { mutated } from "./mutant.ts";
import { MUTATIONS } from "./mutations/index.ts";
import { describeSetup, type Setup } from "./setup.ts";
import { ALL_SIZES, FULL, QUICK } from "./setups.ts";

const HEAD = [
	"| setup | states | by faults | transitions | kinds of refusal | CPU seconds |",
	"| --- | --: | --- | --: | --: | --: |",
];

/** The parts of docs/exploration.md that are counted, as Markdown. Takes minutes. */
export async function* parts(say: (text: string) => void): AsyncGenerator<[name: string, markdown: string]> {
	const sizes = ALL_SIZES.map((setup) => timed(setup).found.states);
	yield ["sizes", `${sizes.length} setups, ${thousands(sum(sizes))} states.`];
	const caught = ["| what is left out | explored | found out by |", "| --- | --- | --- |"];
	for (const mutation of MUTATIONS) {
		const [found] = explore(mutation.setup, await mutated(mutation)).counterexamples;
		if (!found) throw new Error(`"${mutation.name}" is not found out`);
		// a hint, and what is in brackets, tell of one cluster and are long
		const problem = found.problem.replace(/ by (its|a) hint: .*/, " by $1 hint").replace(/ \(.*\)/, "");
		caught.push(`| ${mutation.name} | ${describeSetup(mutation.setup)} | ${problem} |`);
	}
	yield ["mutations", [`${MUTATIONS.length} of them:`, "", ...caught].join("\n")];
	for (const [name, setups] of [
		["quick", QUICK],
		["full", FULL],
	] as const) {
		const rows: string[] = [];
		let states = 0;
		for (const setup of setups) {
			const { found, row } = timed(setup);
			say(row);
			rows.push(row);
			states += found.states;
		}
		yield [name, [`${thousands(states)} states in ${setups.length} setups.`, "", ...HEAD, ...rows].join("\n")];
	}
}

function timed(setup: Setup): { found: Explored; row: string } {
	const began = process.cpuUsage();
	const found = explore(setup, core);
	const { states, statesByFaults, transitions, ends, counterexamples } = found;
	const [broken] = counterexamples;
	if (broken) throw new Error(`${describeSetup(setup)}: ${broken.problem}`);
	const refusals = [...ends.keys()].filter((end) => end !== "done").length;
	const { user, system } = process.cpuUsage(began);
	const seconds = ((user + system) / 1_000_000).toFixed(1);
	const row = `| ${describeSetup(setup)} | ${states} | ${statesByFaults.join(" + ")} | ${transitions} | ${refusals} | ${seconds} |`;
	return { found, row };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const thousands = (value: number): string => value.toLocaleString("en-US");
