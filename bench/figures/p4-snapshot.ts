import { rm } from "node:fs/promises";
import { join } from "node:path";
import { findEtcd } from "quorate-lab";
import { quorate } from "../cluster/commands.ts";
import { fill } from "../cluster/fill.ts";
import { type BenchLab, NAMESPACE, withLab } from "../cluster/lab.ts";
import { withPortForward } from "../cluster/port-forward.ts";
import { keepRaftLogShort } from "../cluster/raft-log.ts";
import type { Bench, Figure } from "../figure.ts";
import { runProcess } from "../measure/process.ts";
import { repeat } from "../measure/repeat.ts";
import type { Row } from "../measure/row.ts";
import { type Measured, measured } from "../measure/statistics.ts";

const MEBIBYTE = 2 ** 20;
const VALUE = 64 << 10;
const SIZES = [128, 1024];
const MOST_RUNS = 3;

/** A snapshot saved and verified, beside etcd's own tools, both through the API server. */
export const snapshot: Figure = {
	id: "P4",
	title: "snapshot save and verify",
	measure: (bench) =>
		withLab({ empty: true }, bench.signal, async (lab) => {
			await keepRaftLogShort(lab);
			const rows: Row[] = [];
			const peaks: Measured[] = [];
			let from = 0;
			for (const mebibytes of bench.quick ? [8, 16] : SIZES) {
				const to = (mebibytes * MEBIBYTE) / VALUE;
				bench.say(`${mebibytes} MiB`);
				await fill(lab.dial, { from, to, valueBytes: VALUE });
				from = to;
				const { time, memory } = await measure(bench, lab, `${mebibytes} MiB`);
				rows.push(...time);
				peaks.push(memory);
			}
			const [small, large] = peaks;
			if (small && large)
				rows.push({
					name: "peak memory, the large one",
					unit: "bytes",
					ours: large,
					peer: small,
					against: "the small one",
					goal: { ratioAtMost: 1.25 },
				});
			return {
				rows,
				notes: [
					"`etcdutl snapshot status` only counts; the checksum is looked at by `quorate` alone. The start of `kubectl port-forward` is not in the peer's time.",
				],
			};
		}),
};

async function measure(bench: Bench, lab: BenchLab, of: string): Promise<{ time: Row[]; memory: Measured }> {
	const file = join(bench.folder, "snapshot.db");
	const save = async (memory: boolean) => {
		try {
			return await quorate(lab.kubeconfig, ["snapshot", "save", file, "-n", NAMESPACE], {
				signal: bench.signal,
				memory,
			});
		} finally {
			await rm(file, { force: true });
		}
	};
	const settings = { runs: Math.min(bench.runs, MOST_RUNS), warmUps: bench.quick ? 0 : 1 };
	const { ours, peer } = await withPortForward(lab, (endpoint) =>
		repeat(bench, { ours: async () => (await save(false)).ms, peer: () => byEtcdctl(bench, endpoint, file) }, settings),
	);
	const peaks: number[] = [];
	for (let run = 0; run < settings.runs; run++) peaks.push((await save(true)).peakBytes);
	return {
		time: [
			{
				name: of,
				unit: "ms",
				ours,
				peer,
				against: "etcdctl snapshot save, etcdutl snapshot status",
				goal: { ratioAtMost: 1.1 },
			},
		],
		memory: measured(peaks),
	};
}

async function byEtcdctl({ signal }: Bench, endpoint: string, file: string): Promise<number> {
	const { etcdctl, etcdutl = etcdctl } = await findEtcd();
	const env = { ...process.env, ETCDCTL_API: "3" };
	try {
		const saved = await runProcess(etcdctl, [`--endpoints=${endpoint}`, "snapshot", "save", file], { env, signal });
		return saved.ms + (await runProcess(etcdutl, ["snapshot", "status", file], { env, signal })).ms;
	} finally {
		await rm(file, { force: true });
	}
}
