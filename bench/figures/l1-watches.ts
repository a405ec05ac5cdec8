import { setTimeout as sleep } from "node:timers/promises";
import { Api } from "../cluster/api.ts";
import { withLab } from "../cluster/lab.ts";
import type { Figure } from "../figure.ts";
import { latencyRows } from "../measure/latencies.ts";
import { once } from "../measure/row.ts";

const PODS = 200;
const WATCHES = 100;
const NAMESPACE = "bench";
/** a write each so many milliseconds: a lab of 200 pods that all report something every four seconds */
const PACE = 20;
/** until the last event must have come */
const PATIENCE = 30_000;

/** A lab with 200 pods' worth of objects, each write of which a hundred watches follow. */
export const watches: Figure = {
	id: "L1",
	title: `the lab: ${PODS} pods' worth of objects, ${WATCHES} watches`,
	measure: (bench) =>
		withLab({}, bench.signal, async ({ kubeconfig, memory }) => {
			const writes = bench.quick ? 100 : 1500;
			const api = await Api.open(kubeconfig);
			try {
				const pods = await makeObjects(api);
				const paced = await follow(api, pods, writes, PACE);
				const flooded = await follow(api, pods, writes, 0);
				const { lab, etcd } = await memory();
				return {
					rows: [
						...latencyRows(
							`a write until each of ${WATCHES} watches shows it, ${1000 / PACE} writes/s`,
							paced.latencies,
						),
						{
							name: "events lost or twice",
							unit: "count",
							ours: once(paced.wrong + flooded.wrong),
							goal: { atMost: 0 },
						},
						{ name: "events told, writes as fast as they go", unit: "1/s", ours: once(flooded.eventsPerSecond) },
						...latencyRows("the same, as fast as they go", flooded.latencies),
						{ name: "memory of the lab", unit: "bytes", ours: once(lab), peer: once(etcd), against: "its three etcd" },
					],
					notes: [
						`${PODS} pods with a claim, a volume and a ConfigMap each; the ${WATCHES} watches are on the pods, on connections of their own. ` +
							"The clock runs from before the write is sent until a watch's line has been read, by one client for all, whose time is in it.",
					],
				};
			} finally {
				api.close();
			}
		}),
};

/** Pods that no scheduler takes, with all that goes with a pod. */
async function makeObjects(api: Api): Promise<string[]> {
	await api.ask("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
	const at = (type: string) => `/api/v1/namespaces/${NAMESPACE}/${type}`;
	const size = { storage: "2Gi" };
	const accessModes = ["ReadWriteOnce"];
	const names = Array.from({ length: PODS }, (_, index) => `pod-${index}`);
	for (const name of names) {
		await api.ask("POST", at("configmaps"), { metadata: { name }, data: { text: "x".repeat(500) } });
		await api.ask("POST", "/api/v1/persistentvolumes", {
			metadata: { name },
			spec: { accessModes, capacity: size, storageClassName: "none", hostPath: { path: `/var/local/${name}` } },
		});
		await api.ask("POST", at("persistentvolumeclaims"), {
			metadata: { name },
			spec: { accessModes, storageClassName: "none-of-these", resources: { requests: size } },
		});
		await api.ask("POST", at("pods"), {
			metadata: { name, labels: { app: "bench" } },
			spec: { schedulerName: "nobody", containers: [{ name: "etcd", image: "etcd:3.5", command: ["etcd"] }] },
		});
	}
	return names;
}

/** Marks a pod each `pace` milliseconds, and looks for each mark on every watch. */
async function follow(api: Api, pods: readonly string[], writes: number, pace: number) {
	const path = `/api/v1/namespaces/${NAMESPACE}/pods`;
	const { metadata } = JSON.parse(await api.ask("GET", `${path}?limit=1`)) as { metadata: { resourceVersion: string } };
	const round = `${performance.now()}`.replace(".", "");
	const marks = new RegExp(`"${round}-(\\d+)"`);
	const sent: number[] = [];
	const latencies: number[] = [];
	const seen = Array.from({ length: WATCHES }, () => new Uint8Array(writes));
	const open = await Promise.all(
		seen.map((mine) =>
			api.watch(`${path}?watch=1&resourceVersion=${metadata.resourceVersion}`, (line) => {
				const index = marks.exec(line)?.[1];
				if (index === undefined) return;
				latencies.push(performance.now() - (sent[Number(index)] ?? 0));
				mine[Number(index)] = (mine[Number(index)] ?? 0) + 1;
			}),
		),
	);
	const began = performance.now();
	const under = new Set<Promise<unknown>>();
	for (let index = 0; index < writes; index++) {
		const late = began + index * pace - performance.now();
		if (late > 0) await sleep(late);
		while (under.size >= 8) await Promise.race(under);
		sent[index] = performance.now();
		const body = { metadata: { annotations: { mark: `${round}-${index}` } } };
		const write: Promise<unknown> = api
			.patch(`${path}/${pods[index % pods.length]}`, body)
			.finally(() => under.delete(write));
		under.add(write);
	}
	await Promise.all(under);
	const deadline = performance.now() + PATIENCE;
	while (latencies.length < writes * WATCHES && performance.now() < deadline) await sleep(10);
	const eventsPerSecond = (latencies.length * 1000) / (performance.now() - began);
	for (const watch of open) watch.close();
	const wrong = seen.reduce((sum, mine) => sum + mine.filter((count) => count !== 1).length, 0);
	return { latencies, wrong, eventsPerSecond };
}
