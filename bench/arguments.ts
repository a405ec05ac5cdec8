import { parseArgs } from "node:util";

export interface Arguments {
	/** ids of figures; empty: all */
	readonly ids: readonly string[];
	readonly json: boolean;
	readonly quick: boolean;
	/** measured runs of each; undefined: the figures' own number */
	readonly runs: number | undefined;
	/** only draw the document again */
	readonly render: boolean;
	readonly help: boolean;
}

export const USAGE = `usage: npm run bench -- [FIGURE...] [flags]

Measures the figures (default: all), keeps what it found in bench/results, and makes the tables and plots of docs/performance.md anew.

  -o, --output json   print the results as JSON on stdout
      --quick         smallest sizes, one run: whether it works (2 minutes). Nothing is kept
      --runs N        measured runs of each thing that is compared (default 5, or fewer where one takes long)
      --render        measure nothing, only make tables and plots from bench/results
`;

/** @throws TypeError, where they cannot be understood */
export function parseArguments(args: readonly string[], known: readonly string[]): Arguments {
	const { values, positionals } = parseArgs({
		args: [...args],
		allowPositionals: true,
		options: {
			output: { type: "string", short: "o" },
			quick: { type: "boolean", default: false },
			runs: { type: "string" },
			render: { type: "boolean", default: false },
			help: { type: "boolean", short: "h", default: false },
		},
	});
	const ids = positionals.map((id) => id.toUpperCase());
	const unknown = ids.find((id) => !known.includes(id));
	if (unknown !== undefined) throw new TypeError(`there is no figure ${unknown}; there are ${known.join(", ")}`);
	if (values.output !== undefined && values.output !== "json")
		throw new TypeError(`-o must be json, not ${values.output}`);
	const runs = values.runs === undefined ? undefined : Number(values.runs);
	if (runs !== undefined && !(Number.isInteger(runs) && runs >= 1 && runs <= 100))
		throw new TypeError(`--runs must be a whole number from 1 to 100, not ${values.runs}`);
	const { quick, render, help } = values;
	return { ids, json: values.output === "json", quick, runs, render, help };
}
