import { Api } from "../cluster/api.ts";
import { bareGrowth, bareShrinking } from "../cluster/bare-floor.ts";
import { quorate } from "../cluster/commands.ts";
import { type BenchLab, NAMESPACE, STATEFULSET, withLab } from "../cluster/lab.ts";
import type { Bench, Figure } from "../figure.ts";
import { repeat, timed } from "../measure/repeat.ts";
import type { Row } from "../measure/row.ts";

const CHANGES = [
	[3, 5],
	[1, 7],
	[7, 1],
] as const;
const FLOOR = "the bare floor";
/** A run takes half a minute. */
const MOST_RUNS = 3;

/** The whole command, beside the least that must be done. Each in a fresh lab with Mayastor's keys. */
export const wallTime: Figure = {
	id: "P2",
	title: "wall time of a scaling",
	async measure(bench) {
		const rows: Row[] = [];
		const settings = { warmUps: 0, runs: Math.min(bench.runs, MOST_RUNS) };
		for (const [from, to] of bench.quick ? ([[3, 4]] as const) : CHANGES) {
			bench.say(`${from}→${to}`);
			const inLab = (change: (lab: BenchLab) => Promise<number>) =>
				withLab({ members: from, nodes: 7 }, bench.signal, change);
			const { ours, peer } = await repeat(
				bench,
				{
					ours: () => inLab(({ kubeconfig }) => scaled(bench, kubeconfig, to)),
					peer: () => inLab((lab) => bare(lab, from, to)),
				},
				settings,
			);
			rows.push({ name: `${from}→${to}`, unit: "ms", ours, peer, against: FLOOR, goal: { ratioAtMost: 1.3 } });
		}
		return {
			rows,
			notes: [
				"The bare floor: for each member a volume, `member add --learner`, its pod with the environment that it needs, `member promote`, " +
					"each as soon as etcd takes it; going down `member remove`, one replica less, and a wait for the pods' end. No checks, no snapshot, no proof, no volume emptied, and the template is left changed.",
			],
		};
	},
};

async function scaled({ folder, signal }: Bench, kubeconfig: string, to: number): Promise<number> {
	const args = ["scale", `sts/${STATEFULSET}`, "-n", NAMESPACE, "--replicas", String(to), "--yes", "--force"];
	return (await quorate(kubeconfig, args, { cwd: folder, signal })).ms;
}

async function bare(lab: BenchLab, from: number, to: number): Promise<number> {
	const api = await Api.open(lab.kubeconfig);
	try {
		const change = to > from ? bareGrowth : bareShrinking;
		return await timed(() => change(lab, api, from, to));
	} finally {
		api.close();
	}
}
