import type { Api } from "../cluster/api.ts";

const TYPE = "/api/v1/namespaces/default/configmaps";
const AT_ONCE = 8;
/** Between two writes whose way to a watch is timed. */
const WRITES = 200;

export interface ApiLoad {
	/** reads of one object a second, eight under way at once */
	readsPerSecond: number;
	/** patches of one object a second, likewise */
	writesPerSecond: number;
	/** milliseconds that a list of all objects takes */
	listMs: number;
	/** milliseconds from before a write is sent until a watch shows it, each */
	watchMs: number[];
}

/** What an API server does with so many ConfigMaps in it. They are left there. */
export async function loadApi(api: Api, objects: number, secondsEach: number): Promise<ApiLoad> {
	const name = (index: number) => `bench-${index % objects}`;
	const data = { text: "x".repeat(500) };
	await inTurns(objects, (index) => api.ask("POST", TYPE, { metadata: { name: name(index) }, data }));
	const readsPerSecond = await perSecond(secondsEach, (index) => api.ask("GET", `${TYPE}/${name(index)}`));
	const writesPerSecond = await perSecond(secondsEach, (index) =>
		api.patch(`${TYPE}/${name(index)}`, { data: { count: String(index) } }),
	);
	const began = performance.now();
	await api.ask("GET", TYPE);
	const listMs = performance.now() - began;
	return { readsPerSecond, writesPerSecond, listMs, watchMs: await watchLatency(api, name) };
}

async function watchLatency(api: Api, name: (index: number) => string): Promise<number[]> {
	const { metadata } = JSON.parse(await api.ask("GET", `${TYPE}?limit=1`)) as { metadata: { resourceVersion: string } };
	const latencies: number[] = [];
	let seen = (_: string) => {};
	const watch = await api.watch(`${TYPE}?watch=1&resourceVersion=${metadata.resourceVersion}`, (line) => seen(line));
	for (let index = 0; index < WRITES; index++) {
		const mark = `"mark-${index}"`;
		const sent = performance.now();
		const shown = new Promise<void>((resolve) => {
			seen = (line) => {
				if (line.includes(mark)) resolve();
			};
		});
		await Promise.all([
			api.patch(`${TYPE}/${name(index)}`, { data: { mark: `mark-${index}` } }),
			shown.then(() => latencies.push(performance.now() - sent)),
		]);
	}
	watch.close();
	return latencies;
}

async function perSecond(seconds: number, run: (index: number) => Promise<unknown>): Promise<number> {
	const began = performance.now();
	let done = 0;
	const worker = async () => {
		while (performance.now() - began < seconds * 1000) await run(done++);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, worker));
	return (done * 1000) / (performance.now() - began);
}

async function inTurns(count: number, run: (index: number) => Promise<unknown>): Promise<void> {
	let next = 0;
	const worker = async () => {
		while (next < count) await run(next++);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
