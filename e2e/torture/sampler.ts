import { setTimeout as sleep } from "node:timers/promises";
import type { LabCluster } from "./lab-cluster.ts";
import type { Sample } from "./sample.ts";

/** Milliseconds between two looks. */
const PAUSE = 250;

/** A look that takes longer than this, or begins as much too late, shows a machine too busy to judge by. */
const STARVED = 1500;

/** Looks at the cluster all the time. */
export class Sampler {
	readonly samples: Sample[] = [];
	/** when the machine had no time for us */
	readonly starved: { from: number; until: number }[] = [];
	readonly #running: Promise<void>;
	#stopping = false;

	constructor(cluster: LabCluster) {
		this.#running = this.#run(cluster);
	}

	async stop(): Promise<void> {
		this.#stopping = true;
		await this.#running;
	}

	async #run(cluster: LabCluster): Promise<void> {
		while (!this.#stopping) {
			const from = performance.now();
			// a look that fails tells nothing
			const sample = await cluster.sample().catch(() => undefined);
			if (sample) this.samples.push(sample);
			await sleep(PAUSE);
			const until = performance.now();
			if (until - from > PAUSE + STARVED) this.starved.push({ from, until });
		}
	}
}

/** Members, pods and replicas are the same, and all of them well. */
export function isWell({ members, healthy, pods, replicas }: Sample): boolean {
	return (
		members?.length === replicas &&
		healthy.length === replicas &&
		pods.length === replicas &&
		pods.every(({ ready, terminating }) => ready && !terminating)
	);
}

/** All voters that have a pod are well; half-way in or out there is more or less than that. */
export function votersAreWell({ members, healthy, pods }: Sample): boolean {
	const due = members?.filter(({ isLearner, name }) => !isLearner && pods.some((pod) => pod.name === name));
	return due?.every(({ name }) => healthy.includes(name)) ?? false;
}

export const allVotersAreWell = ({ members, healthy }: Sample): boolean =>
	members?.filter(({ isLearner }) => !isLearner).every(({ name }) => healthy.includes(name)) ?? false;

/** Waits until it is so, by default until all is well; false: it was not in time. */
export async function untilWell(cluster: LabCluster, limitMs: number, isSo = isWell): Promise<boolean> {
	for (const began = performance.now(); performance.now() - began < limitMs; ) {
		const sample = await cluster.sample().catch(() => undefined);
		if (sample && isSo(sample)) return true;
		await sleep(300);
	}
	return false;
}
