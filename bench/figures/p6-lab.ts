import { downLab } from "quorate-lab";
import { Api } from "../cluster/api.ts";
import { quorate } from "../cluster/commands.ts";
import { withKubeKit } from "../cluster/kube-kit.ts";
import { nextLabName, openLab } from "../cluster/lab.ts";
import type { Bench, Figure } from "../figure.ts";
import { type ApiLoad, loadApi } from "../measure/api-load.ts";
import { latencyRows } from "../measure/latencies.ts";
import { repeat } from "../measure/repeat.ts";
import { once, type Row } from "../measure/row.ts";

const OBJECTS = 1000;
const KIT = "Kubernetes itself";

/** What the lab costs, and what it can take. */
export const labItself: Figure = {
	id: "P6",
	title: "the lab: start, memory, API",
	async measure(bench) {
		const objects = bench.quick ? 100 : OBJECTS;
		const seconds = bench.quick ? 1 : 5;
		const { ready } = await repeat(bench, { ready: () => upAndDown(bench) });
		const name = nextLabName();
		await quorate(undefined, ["lab", "up", "--name", name], { signal: bench.signal });
		let lab: ApiLoad;
		let memory: { lab: number; etcd: number };
		let after: { lab: number };
		try {
			const { kubeconfig, memory: look } = await openLab(name);
			memory = await look();
			lab = await ofApi(kubeconfig, objects, seconds);
			after = await look();
		} finally {
			await downLab(name);
		}
		// where it is only seen whether things work, one of these may be up for other tests
		const kit = bench.quick
			? undefined
			: await withKubeKit(bench.signal, async ({ readyMs, memory, kubeconfig }) => ({
					readyMs,
					memory,
					api: await ofApi(kubeconfig, objects, seconds),
				}));
		const peer = (value: number | undefined) => (value === undefined ? {} : { peer: once(value), against: KIT });
		const rows: Row[] = [
			{
				name: "nothing → three Ready members",
				unit: "ms",
				ours: ready,
				...peer(kit?.readyMs),
				goal: { atMost: 5000, ...(kit ? { ratioAtMost: 0.25 } : {}) },
			},
			{
				name: "memory, without etcd",
				unit: "bytes",
				ours: once(memory.lab),
				...peer(kit?.memory),
				goal: { atMost: 300 * 2 ** 20 },
			},
			{ name: "memory of its three etcd", unit: "bytes", ours: once(memory.etcd) },
			{
				name: `memory after ${objects} objects and their load`,
				unit: "bytes",
				ours: once(after.lab),
				goal: { atMost: 300 * 2 ** 20 },
			},
			{
				name: `reads with ${objects} objects`,
				unit: "1/s",
				ours: once(lab.readsPerSecond),
				...peer(kit?.api.readsPerSecond),
			},
			{
				name: `writes with ${objects} objects`,
				unit: "1/s",
				ours: once(lab.writesPerSecond),
				...peer(kit?.api.writesPerSecond),
			},
			{ name: `list of ${objects} objects`, unit: "ms", ours: once(lab.listMs), ...peer(kit?.api.listMs) },
			...latencyRows("write until a watch shows it", lab.watchMs, kit && { values: kit.api.watchMs, against: KIT }),
		];
		return {
			rows,
			notes: kit ? [] : ["Not measured beside Kubernetes itself: KUBE_KIT names no kit to start one with."],
		};
	},
};

/** From before the command is started until it says that three members are Ready. */
async function upAndDown(bench: Bench): Promise<number> {
	const name = nextLabName();
	try {
		return (await quorate(undefined, ["lab", "up", "--name", name], { signal: bench.signal })).ms;
	} finally {
		await downLab(name);
	}
}

async function ofApi(kubeconfig: string, objects: number, seconds: number): Promise<ApiLoad> {
	const api = await Api.open(kubeconfig);
	try {
		return await loadApi(api, objects, seconds);
	} finally {
		api.close();
	}
}
